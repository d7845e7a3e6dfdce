package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog.TopicShape;
import dev.embeddedbroker.protocol.Uuid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The hash of a group's topics, compared with the library Kafka takes for it. */
class MetadataHashTest {

    @Test
    void xxh3OfEveryLengthIsTheLibrarys() {
        var random = new Random(3);
        for (int length = 0; length < 4000; length = length < 1100 ? length + 1 : length + 97) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(Xxh3.hash(ByteBuffer.wrap(bytes)))
                    .as("length %s", length)
                    .isEqualTo(Hashing.xxh3_64().hashBytesToLong(bytes));
        }
    }

    @Test
    void topicIsHashedAsKafkaHashesIt() {
        for (int partitions : new int[] {1, 3, 100}) {
            for (List<String> racks : List.of(List.<String>of(), List.of("b", "a"))) {
                var all = new ArrayList<List<String>>();
                var stream = Hashing.xxh3_64().hashStream();
                var id = new Uuid(17, -4);
                stream.putByte((byte) 0)
                        .putLong(id.mostSignificantBits())
                        .putLong(id.leastSignificantBits())
                        .putString("some-topic")
                        .putInt(partitions);
                for (int i = 0; i < partitions; i++) {
                    all.add(racks);
                    stream.putInt(i);
                    racks.stream().sorted().forEach(rack -> stream.putInt(rack.length())
                            .putString(rack));
                }
                assertThat(MetadataHash.of(new TopicShape(id, "some-topic", all)))
                        .isEqualTo(stream.getAsLong());
            }
        }
    }
}
