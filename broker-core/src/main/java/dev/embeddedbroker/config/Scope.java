package dev.embeddedbroker.config;

/** The kind of thing a setting belongs to, with the number config resources of this kind have on the wire. */
public enum Scope {
    TOPIC(2, "topic"),
    BROKER(4, "broker"),
    CLIENT_METRICS(16, "client metrics"),
    GROUP(32, "group");

    private final byte resourceType;
    private final String word;

    Scope(int resourceType, String word) {
        this.resourceType = (byte) resourceType;
        this.word = word;
    }

    public byte resourceType() {
        return resourceType;
    }

    String word() {
        return word;
    }
}
