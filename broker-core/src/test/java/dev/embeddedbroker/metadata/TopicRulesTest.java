package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;

class TopicRulesTest {

    private static final String CHARACTERS = "aZ09._-";
    private static final String OTHERS = " /:é\u0000ß*,";

    @Test
    void namesAreAcceptedAndRefusedAsKafkaDoes() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) assertSameAsKafka(name(random));
        for (var name : new String[] {"", ".", "..", "...", "a".repeat(249), "a".repeat(250), "__consumer_offsets"}) {
            assertSameAsKafka(name);
        }
    }

    @Test
    void namesCollideAsInKafka() {
        var random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            var one = name(random);
            var other = name(random);
            assertThat(TopicRules.collisionKey(one).equals(TopicRules.collisionKey(other)))
                    .isEqualTo(Topic.hasCollision(one, other));
            assertThat(TopicRules.mayCollide(one)).isEqualTo(Topic.hasCollisionChars(one));
        }
    }

    @Test
    void internalTopicsAreKafkas() {
        for (var name : new String[] {
            "__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata", "orders", "__x"
        }) {
            assertThat(TopicRules.isInternal(name)).as(name).isEqualTo(Topic.isInternal(name));
        }
    }

    private static void assertSameAsKafka(String name) {
        String refusal = null;
        try {
            Topic.validate(name);
        } catch (InvalidTopicException refused) {
            refusal = refused.getMessage();
        }
        assertThat(TopicRules.refusalOf(name)).isEqualTo(refusal);
    }

    private static String name(Random random) {
        var name = new StringBuilder();
        int length = random.nextInt(20) == 0 ? random.nextInt(300) : random.nextInt(4);
        boolean legal = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            var from = legal || random.nextInt(8) > 0 ? CHARACTERS : OTHERS;
            name.append(from.charAt(random.nextInt(from.length())));
        }
        return name.toString();
    }
}
