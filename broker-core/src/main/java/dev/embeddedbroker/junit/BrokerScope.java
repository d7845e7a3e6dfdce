package dev.embeddedbroker.junit;

/** How long a test's broker lives. */
public enum BrokerScope {
    /** From before the first test of the class to after its last one; nested classes use the outer class's broker. */
    PER_CLASS,
    /** A fresh broker for each test method, started before {@code @BeforeEach} and closed after {@code @AfterEach}. */
    PER_METHOD,
    /**
     * One broker for all classes of the run that ask for the same; it ends with the run. With {@link WithBroker#reset} a
     * class has it for itself while its tests run: classes one after the other share one broker, and there are as many
     * brokers as such classes run at once.
     */
    PER_RUN
}
