package dev.embeddedbroker.metadata;

/**
 * Whether and how topics appear when somebody asks for them.
 *
 * @param enabled {@code auto.create.topics.enable}
 */
public record AutoTopics(boolean enabled, InternalTopics internal) {

    /** The topic that a mention of {@code name} makes. */
    public NewTopic topic(String name) {
        var topic = internal.topic(name);
        return topic != null ? topic : NewTopic.of(name, NewTopic.DEFAULT);
    }
}
