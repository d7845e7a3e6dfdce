package dev.embeddedbroker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message in every version, next to Apache Kafka 4.4's own class for it. */
class EveryMessageAgainstKafkaTest {
    private static final Map<String, Class<? extends Message>> OURS = Peers.ours();
    private static final Map<String, Class<? extends org.apache.kafka.common.protocol.Message>> THEIRS = Peers.kafkas();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int INSTANCES = 25;
    private static final int DAMAGED_INSTANCES = 3;
    private static final int MUTATIONS = 60;

    static Stream<String> messages() {
        return THEIRS.keySet().stream();
    }

    @Test
    void everyMessageOfKafkaIsOursAndNoOther() {
        assertThat(OURS.keySet()).isEqualTo(THEIRS.keySet());
        assertThat(OURS).hasSizeGreaterThan(270);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void hasKafkasVersionsAndNumber(String name) {
        Message ours = Peers.make(OURS.get(name));
        var theirs = Peers.make(THEIRS.get(name));
        assertThat(ours.lowestSupportedVersion()).isEqualTo(theirs.lowestSupportedVersion());
        assertThat(ours.highestSupportedVersion()).isEqualTo(theirs.highestSupportedVersion());
        if (theirs instanceof org.apache.kafka.common.protocol.ApiMessage api) {
            assertThat(ours.apiKey()).isEqualTo(api.apiKey());
        }
        SameMeaning.check(name, (Struct) ours, theirs);
        assertThatThrownBy(() -> write(ours, (short) (ours.highestSupportedVersion() + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: " + ours.lowestSupportedVersion() + " to ");
    }

    @ParameterizedTest
    @MethodSource("messages")
    void meansAndWritesWhatKafkaMeansAndWrites(String name) throws ReflectiveOperationException {
        forEachVersion(name, (version, schema, random) -> {
            Message reused = Peers.make(OURS.get(name));
            for (int i = 0; i < INSTANCES; i++) {
                byte[] wire = new SchemaBytes(random, 3).of(schema);
                var theirs = readTheirs(name, wire, version);
                Message ours = readOurs(name, wire, version);
                SameMeaning.check(name, (Struct) ours, theirs);
                byte[] expected = write(theirs, version);
                assertThat(write(ours, version)).as("%s v%s", name, version).isEqualTo(expected);

                // what one wrote is what the other reads, whatever was in the object before
                reused.read(new WireReader(direct(expected)), version);
                SameMeaning.check(name, (Struct) reused, readTheirs(name, write(ours, version), version));
                assertThat(write(reused, version)).isEqualTo(expected);
                assertThat(ours.toString()).hasSizeLessThan(3000);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void writesOrRefusesInEveryOtherVersionAsKafkaDoes(String name) throws ReflectiveOperationException {
        forEachVersion(name, (version, schema, random) -> {
            for (int i = 0; i < INSTANCES / 2; i++) {
                byte[] wire = new SchemaBytes(random, i % 3).of(schema);
                var theirs = readTheirs(name, wire, version);
                Message ours = readOurs(name, wire, version);
                for (short other = ours.lowestSupportedVersion(); other <= ours.highestSupportedVersion(); other++) {
                    byte[] expected = writeOrNull(theirs, other);
                    try {
                        byte[] written = write(ours, other);
                        if (expected == null) {
                            fail(
                                    "%s read in v%s is written in v%s, which Kafka refuses: %s",
                                    name, version, other, ours);
                        }
                        assertThat(written)
                                .as("%s v%s in v%s", name, version, other)
                                .isEqualTo(expected);
                    } catch (IllegalArgumentException refusal) {
                        if (expected != null) {
                            throw new AssertionError(name + " v" + version + " in v" + other + " " + ours, refusal);
                        }
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesEveryTruncation(String name) throws ReflectiveOperationException {
        forEachVersion(name, (version, schema, random) -> {
            byte[] wire = new SchemaBytes(random, 2).of(schema);
            int step = Math.max(1, wire.length / 300);
            for (int length = 0; length < wire.length; length += step) {
                byte[] cut = Arrays.copyOf(wire, length);
                try {
                    readOurs(name, cut, version);
                    fail("%s v%s is read from %s of %s bytes", name, version, length, wire.length);
                } catch (MalformedMessage e) {
                    assertThat(e.position()).isBetween(0, length);
                    assertThat(e.fieldPath()).isNotEmpty();
                    assertThat(e.getMessage())
                            .startsWith(name + " v" + version + ", ")
                            .contains("expected: ");
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void acceptsOrRefusesDamagedBytesAsKafkaDoesAndAllocatesInProportion(String name)
            throws ReflectiveOperationException {
        forEachVersion(name, (version, schema, random) -> {
            for (int i = 0; i < DAMAGED_INSTANCES; i++) {
                byte[] wire = new SchemaBytes(random, 2).of(schema);
                for (int m = 0; m < MUTATIONS && wire.length > 0; m++) {
                    compareDamaged(name, version, damage(wire, random));
                }
            }
        });
    }

    private static void compareDamaged(String name, short version, byte[] wire) {
        org.apache.kafka.common.protocol.Message theirs;
        try {
            theirs = readTheirs(name, wire, version);
        } catch (RuntimeException refusal) {
            theirs = null;
        }
        Message ours;
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        try {
            ours = readOurs(name, wire, version);
        } catch (MalformedMessage refusal) {
            ours = null;
        }
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).as("bytes allocated for %s", wire.length).isLessThan(200_000L + 1000L * wire.length);
        String what = name + " v" + version + " " + Arrays.toString(wire);
        assertThat(ours == null).as("refused: %s", what).isEqualTo(theirs == null);
        if (ours == null) {
            return;
        }
        SameMeaning.check(name, (Struct) ours, theirs);
        byte[] expected = writeOrNull(theirs, version);
        byte[] written = write(ours, version);
        // Kafka reads tags out of order and then cannot write them; we put them in order
        if (expected != null) {
            assertThat(written).as(what).isEqualTo(expected);
        }
    }

    private static byte[] damage(byte[] wire, Random random) {
        byte[] damaged = wire.clone();
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            int at = random.nextInt(damaged.length);
            damaged[at] = switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> -1;
                case 2 -> 0x7F;
                case 3 -> (byte) (damaged[at] + 1);
                case 4 -> (byte) (damaged[at] - 1);
                default -> (byte) random.nextInt();
            };
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length + 1)) : damaged;
    }

    private interface PerVersion {
        void run(short version, Schema schema, Random random);
    }

    private static void forEachVersion(String name, PerVersion test) throws ReflectiveOperationException {
        Class<?> type = THEIRS.get(name);
        Schema[] schemas = (Schema[]) type.getField("SCHEMAS").get(null);
        Message ours = Peers.make(OURS.get(name));
        for (short version = ours.lowestSupportedVersion(); version <= ours.highestSupportedVersion(); version++) {
            test.run(version, schemas[version], new Random(31L * name.hashCode() + version));
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static Message readOurs(String name, byte[] wire, short version) {
        Message message = Peers.make(OURS.get(name));
        message.read(new WireReader(ByteBuffer.wrap(wire)), version);
        return message;
    }

    private static org.apache.kafka.common.protocol.Message readTheirs(String name, byte[] wire, short version) {
        var message = Peers.make(THEIRS.get(name));
        message.read(new ByteBufferAccessor(ByteBuffer.wrap(wire)), version);
        return message;
    }

    private static byte[] write(Message message, short version) {
        WireWriter out = new WireWriter(16);
        message.write(out, version);
        byte[] bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return bytes;
    }

    private static byte[] write(org.apache.kafka.common.protocol.Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer out = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(out), cache, version);
        assertThat(out.remaining()).isZero();
        return out.array();
    }

    private static byte[] writeOrNull(org.apache.kafka.common.protocol.Message message, short version) {
        try {
            return write(message, version);
        } catch (RuntimeException refusal) {
            return null;
        }
    }
}
