package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into an internal topic, which is made when somebody comes for the first time.
 *
 * <p><b>Owner:</b> none; any thread, lock-free.
 */
final class InternalTopicGate {
    private static final Logger LOG = LoggerFactory.getLogger(InternalTopicGate.class);

    private final String topic;
    private final MetadataView metadata;
    private final ControllerClient controller;
    private final InternalTopics internalTopics;
    private final AtomicReference<@Nullable CompletableFuture<ErrorCode>> creating = new AtomicReference<>();

    InternalTopicGate(String topic, MetadataView metadata, ControllerClient controller, InternalTopics internalTopics) {
        this.topic = topic;
        this.metadata = metadata;
        this.controller = controller;
        this.internalTopics = internalTopics;
    }

    /**
     * Makes sure there is the topic, then runs {@code then} with NONE: its coordinators are ready. With
     * COORDINATOR_NOT_AVAILABLE when it could not be made.
     */
    void whenTopicExists(Consumer<ErrorCode> then) {
        // The topic is in the image before its coordinators are ready: whoever comes in between waits with its creator.
        var present = creating.get();
        if (present != null && !present.isDone()) {
            await(present, then);
        } else if (metadata.image().topic(topic) != null) {
            then.accept(ErrorCode.NONE);
        } else {
            var mine = new CompletableFuture<ErrorCode>();
            if (creating.compareAndSet(present, mine)) {
                create(mine);
                await(mine, then);
            } else {
                whenTopicExists(then);
            }
        }
    }

    private void create(CompletableFuture<ErrorCode> created) {
        var wanted = Objects.requireNonNull(internalTopics.topic(topic));
        var unused = controller.createTopics(List.of(wanted), false).whenComplete((topics, failure) -> {
            if (failure != null) {
                LOG.warn("{} could not be created", topic, failure);
                created.complete(ErrorCode.COORDINATOR_NOT_AVAILABLE);
                return;
            }
            var result = topics.get(0).result();
            boolean isThere = result.isOk() || result.error() == ErrorCode.TOPIC_ALREADY_EXISTS;
            if (!isThere) {
                LOG.warn("{} could not be created: {}", topic, result);
            }
            created.complete(isThere ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE);
        });
    }

    private static void await(CompletableFuture<ErrorCode> created, Consumer<ErrorCode> then) {
        var unused = created.thenAccept(then).exceptionally(bug -> {
            LOG.error("an asker of coordinators failed", bug);
            return null;
        });
    }
}
