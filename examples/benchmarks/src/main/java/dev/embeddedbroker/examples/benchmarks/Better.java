package dev.embeddedbroker.examples.benchmarks;

/** Which way of a figure is the good one, and so what its ratio divides by what: above 1 is always in our favour. */
enum Better {
    LESS,
    MORE
}
