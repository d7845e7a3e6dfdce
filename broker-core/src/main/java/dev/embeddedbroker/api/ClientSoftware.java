package dev.embeddedbroker.api;

/** The library at the other end of a connection, as it introduced itself in ApiVersions (KIP-511). */
public record ClientSoftware(String name, String version) {

    private static final String JAVA = "apache-kafka-java";

    /** What Kafka calls a client that did not introduce itself. */
    public static final ClientSoftware UNKNOWN = new ClientSoftware("unknown", "unknown");

    /** Whether it is Apache Kafka's own client. */
    public boolean isJavaClient() {
        return name.equals(JAVA);
    }
}
