package dev.embeddedbroker.protocol;

/** A top-level unit of the wire format: a request, a response, a header or a record. */
public interface Message {

    /**
     * Replaces everything in this message by what {@code in} holds; fields that {@code version} does not have get their defaults.
     *
     * @throws MalformedMessage when the bytes are not such a message
     * @throws IllegalArgumentException when there is no such version
     */
    void read(WireReader in, short version);

    /**
     * Appends this message in the given version.
     *
     * @throws IllegalArgumentException when there is no such version, or a field is set that the version cannot carry and
     *     that may not be dropped silently
     */
    void write(WireWriter out, short version);

    /** The oldest version {@link #read} and {@link #write} know. */
    short lowestSupportedVersion();

    /** The newest version {@link #read} and {@link #write} know. */
    short highestSupportedVersion();

    /** The number of the request kind or record type, −1 where the schema has none. */
    short apiKey();
}
