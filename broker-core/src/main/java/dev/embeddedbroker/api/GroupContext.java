package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What requests of the classic protocol are sent along with: it may turn out that their group speaks the consumer protocol
 * (KIP-848). Any thread.
 *
 * @param topics those there are now
 * @param settings what holds for a group of this id now
 */
public record GroupContext(Supplier<? extends TopicCatalog> topics, Function<String, ConsumerSettings> settings) {

    GroupCommand of(ClassicCommand request) {
        return new GroupCommand.InContext(request, settings.apply(request.groupId()), topics.get());
    }
}
