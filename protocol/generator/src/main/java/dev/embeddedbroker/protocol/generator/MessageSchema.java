package dev.embeddedbroker.protocol.generator;

import java.util.Map;
import java.util.Set;

/**
 * One schema file: a root struct, the structs it uses, and its versions.
 *
 * @param artifact the Apache Kafka artifact it comes from
 * @param apiKey −1 where the schema has none
 * @param structs every struct but the root, by name, in order of first use
 * @param listeners where a request is served: broker, controller
 */
record MessageSchema(
        String artifact,
        String name,
        Kind kind,
        int apiKey,
        Versions validVersions,
        Versions flexibleVersions,
        boolean latestVersionUnstable,
        Set<String> listeners,
        StructSchema root,
        Map<String, StructSchema> structs) {

    enum Kind {
        REQUEST,
        RESPONSE,
        HEADER,
        DATA,
        METADATA,
        COORDINATOR_KEY,
        COORDINATOR_VALUE
    }

    StructSchema struct(String structName) {
        StructSchema struct = structs.get(structName);
        if (struct == null) {
            throw new SchemaException(name + " uses the struct " + structName + ", which it does not define");
        }
        return struct;
    }
}
