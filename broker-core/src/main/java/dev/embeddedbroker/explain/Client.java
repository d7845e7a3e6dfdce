package dev.embeddedbroker.explain;

/** What tells clients apart over their connections: the client id, and the address as Kafka shows it. */
record Client(String id, String host) {
    @Override
    public String toString() {
        return (id.isEmpty() ? "(no client id)" : id) + " at " + host;
    }
}
