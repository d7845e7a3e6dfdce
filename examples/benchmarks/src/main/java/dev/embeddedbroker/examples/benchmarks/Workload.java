package dev.embeddedbroker.examples.benchmarks;

/** One named measurement of Embedded Broker against Apache Kafka: it takes turns A B A B and fills in a report. */
interface Workload {
    /** What it measures, in a line. */
    String about();

    /** Measures. Arguments are {@code NAME=VALUE} pairs, of which {@code rounds} is every workload's. */
    void run(Arguments arguments, Report report) throws Exception;
}
