package dev.embeddedbroker.examples.benchmarks;

/** What a turn cost in CPU time: the broker's process and this one, from its making on. */
final class CpuTime {
    private final BrokerProcess broker;
    private final long brokerBefore;
    private final long clientBefore;

    CpuTime(BrokerProcess broker) {
        this.broker = broker;
        this.brokerBefore = broker.cpu().toNanos();
        this.clientBefore = own();
    }

    private static long own() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Notes the seconds of both for a million records. */
    void addPerMillion(Report report, String load, String peer, long records) {
        report.add(
                load + ": broker CPU s/M", Better.LESS, peer, (broker.cpu().toNanos() - brokerBefore) / 1e3 / records);
        report.add(load + ": client CPU s/M", Better.LESS, peer, (own() - clientBefore) / 1e3 / records);
    }

    /** This process's CPU seconds so far. */
    double clientSeconds() {
        return (own() - clientBefore) / 1e9;
    }

    /** The broker's CPU seconds so far. */
    double brokerSeconds() {
        return (broker.cpu().toNanos() - brokerBefore) / 1e9;
    }
}
