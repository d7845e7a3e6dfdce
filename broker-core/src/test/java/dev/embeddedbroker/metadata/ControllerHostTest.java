package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerHostTest {

    @TempDir
    Path directory;

    @Test
    void theFirstImageHasTheBrokerAndAllTopics() {
        try (var node = TestNode.started(directory, 1)) {
            assertThat(node.deltas).hasSize(1);
            assertThat(node.image().broker(1).isActive()).isTrue();
            node.create("a", 2);
            node.create("b", 1);
        }
        try (var node = TestNode.started(directory, 2)) {
            assertThat(node.deltas).hasSize(1);
            assertThat(node.deltas.get(0).createdTopics())
                    .extracting(TopicImage::name)
                    .containsExactly("a", "b");
            assertThat(node.deltas.get(0).before().isEmpty()).isTrue();
        }
    }

    @Test
    void replayGivesTheSameImage() {
        ClusterImage before;
        try (var node = TestNode.started(directory, 1)) {
            for (int i = 0; i < 30; i++) node.create("topic-" + i, 1 + i % 4, Map.of("retention.ms", "" + i));
            for (int i = 0; i < 30; i += 3) {
                node.get(node.controller.deleteTopics(
                        List.of(node.image().topic("topic-" + i).id())));
            }
            node.get(node.controller.createPartitions(List.of(new NewPartitions("topic-1", 9, null)), false));
            before = node.image();
        }
        try (var node = TestNode.started(directory, 2)) {
            var after = node.image();
            assertThat(after.topicCount()).isEqualTo(before.topicCount());
            for (var topic : before.topics()) {
                var same = after.topic(topic.id());
                assertThat(same.name()).isEqualTo(topic.name());
                assertThat(same.partitionCount()).isEqualTo(topic.partitionCount());
                // the leader's end is a new epoch, and so is its new life
                assertThat(same.partitions()).allSatisfy(partition -> {
                    var old = topic.partition(partition.index());
                    assertThat(partition.leaderEpoch()).isEqualTo(old.leaderEpoch() + 2);
                    assertThat(partition.replicas()).isEqualTo(old.replicas());
                    assertThat(partition.isr()).isEqualTo(old.isr());
                    assertThat(partition.directories()).isEqualTo(old.directories());
                });
                assertThat(after.configs(ConfigResource.topic(topic.name())))
                        .isEqualTo(before.configs(ConfigResource.topic(topic.name())));
            }
            assertThat(after.features()).isEqualTo(before.features());
            assertThat(after.partitionCount()).isEqualTo(before.partitionCount());
        }
    }

    @Test
    void anAnswerWaitsForEveryListenerAndNewCommandsWaitForTheAnswer() {
        try (var node = new TestNode(directory, 1)) {
            var dones = new ArrayList<Runnable>();
            var slow = new boolean[1];
            node.host.addListener((delta, image, done) -> {
                if (slow[0]) {
                    dones.add(done);
                } else {
                    done.run();
                }
            });
            node.start();
            slow[0] = true;
            var first = node.controller.createTopics(List.of(NewTopic.of("first", 1)), false);
            var second = node.controller.createTopics(List.of(NewTopic.of("second", 1)), false);
            var third = node.controller.createTopics(List.of(NewTopic.of("third", 1)), false);
            assertThat(node.image().topic("first")).isNotNull();
            assertThat(node.image().topic("second")).isNull();
            assertThat(first).isNotDone();
            dones.remove(0).run();
            assertThat(first).isDone();
            assertThat(second).isNotDone();
            assertThat(node.deltas.get(node.deltas.size() - 1).createdTopics())
                    .extracting(TopicImage::name)
                    .containsExactly("second", "third");
            var done = dones.remove(0);
            done.run();
            assertThat(second).isDone();
            assertThat(third).isDone();
            assertThatThrownBy(done::run).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anAnswerMayBringTheNextCommand() {
        try (var node = TestNode.started(directory, 1)) {
            var both = node.controller
                    .createTopics(List.of(NewTopic.of("one", 1)), false)
                    .thenCompose(one -> node.controller.createTopics(List.of(NewTopic.of("two", 1)), false));
            assertThat(node.get(both).get(0).name()).isEqualTo("two");
            assertThat(node.image().topic("two")).isNotNull();
        }
    }

    @Test
    void nothingIsAcceptedAfterTheEnd() {
        var node = TestNode.started(directory, 1);
        node.close();
        var answer = node.controller.createTopics(List.of(NewTopic.of("late", 1)), false);
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(ControllerUnavailable.class);
    }

    @Test
    void tenThousandTopicsMadeOneByOneAreThereAfterARestart() {
        try (var node = TestNode.started(directory, 1)) {
            for (int i = 0; i < 10_000; i++) node.create("topic." + i, 1);
            assertThat(node.image().topicCount()).isEqualTo(10_000);
        }
        try (var node = TestNode.started(directory, 2)) {
            assertThat(node.image().topicCount()).isEqualTo(10_000);
        }
    }
}
