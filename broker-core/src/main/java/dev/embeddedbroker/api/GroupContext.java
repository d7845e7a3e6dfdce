package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import dev.embeddedbroker.coordinator.host.ImageTopics;
import dev.embeddedbroker.metadata.MetadataView;
import java.util.function.Function;

/**
 * What requests of the classic protocol are sent along with: it may turn out that their group speaks the consumer protocol
 * (KIP-848). Any thread.
 *
 * @param settings what holds for a group of this id now
 */
public record GroupContext(MetadataView metadata, Function<String, ConsumerSettings> settings) {

    GroupCommand of(ClassicCommand request) {
        return new GroupCommand.InContext(
                request, settings.apply(request.groupId()), new ImageTopics(metadata.image()));
    }
}
