package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request as a rule's condition sees it: for reading only, and only while the condition runs. */
public interface RequestView {

    /** Which kind of request it is. */
    ApiKey api();

    /** The version that the client wrote it in. */
    int version();

    /** The client's {@code client.id}; empty if it has none. */
    String clientId();

    /** The connection's name: both addresses and a number, unlike any other's of this broker. */
    String connection();

    /** Where the client's end of the connection is. */
    InetSocketAddress remoteAddress();

    /** The number that the client gave the request. */
    int correlationId();

    /** The size of the request, header and all. */
    int sizeBytes();

    /** The topics that it names, also those it has by id only; empty if it names none. */
    Set<String> topics();

    /** The partitions that it names of a topic; empty if it names none. */
    Set<Integer> partitions(String topic);

    /** The groups that it names. */
    Set<String> groups();

    /** The transactional ids that it names. */
    Set<String> transactionalIds();

    /**
     * Its fields under the names of Kafka's message schemas, with a small first letter: {@code fields().get("acks")} of a
     * Produce. Structs are maps, arrays lists, bytes and records read-only buffers.
     */
    Map<String, @Nullable Object> fields();

    /** Its fields and their values as a text, cut off after some hundred characters. */
    String text();
}
