package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What one machine of several that were asked had to say; nothing, if there is an error. */
public record ShardAnswer(ErrorCode error, @Nullable Object answer) {
    static final ShardAnswer NONE = new ShardAnswer(ErrorCode.NOT_COORDINATOR, null);
}
