package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Batches to test with, from a seed, told in plain values that both our builder and Kafka's understand. */
final class Sample {
    static final long NOW = 1_700_000_000_000L;

    private Sample() {}

    record Head(String name, byte[] value) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Head h && name.equals(h.name) && Arrays.equals(value, h.value);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    record Rec(long offset, long timestamp, byte[] key, byte[] value, List<Head> headers) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Rec r
                    && offset == r.offset
                    && timestamp == r.timestamp
                    && Arrays.equals(key, r.key)
                    && Arrays.equals(value, r.value)
                    && Objects.equals(headers, r.headers);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(offset);
        }
    }

    record Batch(
            Compression compression,
            int level,
            long baseOffset,
            int leaderEpoch,
            long producerId,
            short producerEpoch,
            int baseSequence,
            boolean transactional,
            long appendTime,
            long deleteHorizon,
            List<Rec> records) {}

    /** A batch of any shape. */
    static Batch any(Random random, Compression compression) {
        long base = random.nextInt(3) == 0 ? 0 : random.nextLong() >>> 8;
        return make(random, compression, base, random.nextInt(4) == 0, random.nextBoolean());
    }

    /** A batch as a producer sends it: offsets from 0 without gaps. */
    static Batch sent(Random random, Compression compression) {
        return make(random, compression, 0, false, false);
    }

    private static Batch make(Random random, Compression compression, long base, boolean gaps, boolean stored) {
        boolean producer = random.nextBoolean();
        int count = 1 + random.nextInt(random.nextInt(5) == 0 ? 200 : 6);
        long offset = base;
        List<Rec> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new Rec(offset, timestamp(random), bytes(random), bytes(random), headers(random)));
            offset += gaps ? 1 + random.nextInt(5) : 1;
        }
        return new Batch(
                compression,
                level(random, compression),
                base,
                random.nextInt(10) - 1,
                producer ? random.nextLong() >>> 1 : -1,
                producer ? (short) random.nextInt(100) : -1,
                producer ? random.nextInt() >>> 1 : -1,
                producer && random.nextBoolean(),
                stored && random.nextInt(3) == 0 ? NOW : -1,
                stored && random.nextInt(4) == 0 ? NOW + 5 : -1,
                records);
    }

    static int level(Random random, Compression compression) {
        int most = Math.min(compression.maxLevel(), 12);
        return random.nextBoolean() || compression.maxLevel() == 0
                ? compression.defaultLevel()
                : 1 + random.nextInt(most);
    }

    private static long timestamp(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> -1;
            case 1 -> 0;
            case 2 -> NOW + random.nextInt(10_000_000);
            default -> NOW - random.nextInt(1_000_000);
        };
    }

    private static byte[] bytes(Random random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return null;
        }
        byte[] bytes = new byte[kind == 1 ? random.nextInt(40_000) : random.nextInt(50)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    private static List<Head> headers(Random random) {
        List<Head> headers = new ArrayList<>();
        for (int i = random.nextInt(5) - 2; i > 0; i--) {
            headers.add(new Head(random.nextInt(3) == 0 ? "" : "name-ü-" + i, bytes(random)));
        }
        return headers;
    }

    /** Built with our builder. */
    static ByteBuffer build(Batch batch) {
        RecordBatchBuilder builder = new RecordBatchBuilder()
                .compression(batch.compression(), batch.level())
                .baseOffset(batch.baseOffset())
                .partitionLeaderEpoch(batch.leaderEpoch())
                .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                .transactional(batch.transactional());
        if (batch.appendTime() >= 0) {
            builder.appendTime(batch.appendTime());
        }
        if (batch.deleteHorizon() >= 0) {
            builder.deleteHorizon(batch.deleteHorizon());
        }
        for (Rec r : batch.records()) {
            List<RecordHeader> headers = r.headers().stream()
                    .map(h -> RecordHeader.of(h.name(), h.value()))
                    .toList();
            builder.appendAt(r.offset(), r.timestamp(), wrap(r.key()), wrap(r.value()), headers);
        }
        return builder.build();
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    /** Read with our cursor. */
    static List<Rec> read(ByteBuffer batch) {
        List<Rec> all = new ArrayList<>();
        try (RecordCursor records = RecordCursor.over(RecordBatchView.of(batch))) {
            while (records.next()) {
                List<Head> headers = records.headers().stream()
                        .map(h -> new Head(h.key(), Kafka.bytes(h.value())))
                        .toList();
                all.add(new Rec(
                        records.offset(),
                        records.timestampMs(),
                        Kafka.bytes(records.key()),
                        Kafka.bytes(records.value()),
                        headers));
            }
        }
        return all;
    }

    static ByteBuffer copy(ByteBuffer source) {
        return ByteBuffer.wrap(Kafka.bytes(source));
    }

    /** Makes the checksum right again after bytes were changed. */
    static ByteBuffer resealed(ByteBuffer batch) {
        RecordBatchView.of(batch).stampCrc();
        return batch;
    }
}
