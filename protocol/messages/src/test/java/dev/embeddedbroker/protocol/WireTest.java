package dev.embeddedbroker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.FetchableTopicResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.PartitionData;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final short V = 17;

    private static ByteBuffer records(int bytes, int seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return ByteBuffer.allocateDirect(bytes).put(content).flip().asReadOnlyBuffer();
    }

    private static FetchResponse fetched(ByteBuffer... perPartition) {
        FetchableTopicResponse topic = new FetchableTopicResponse().setTopicId(new Uuid(1, 2));
        for (int i = 0; i < perPartition.length; i++) {
            topic.partitions.add(
                    new PartitionData().setPartitionIndex(i).setHighWatermark(5).setRecords(perPartition[i]));
        }
        FetchResponse response = new FetchResponse();
        response.responses.add(topic);
        return response;
    }

    @Test
    void largeRecordsAreSplicedAndSmallOnesCopied() {
        ByteBuffer large = records(5000, 1);
        ByteBuffer small = records(WireWriter.SPLICE_MIN_BYTES - 1, 2);
        ByteBuffer atLimit = records(WireWriter.SPLICE_MIN_BYTES, 3);
        WireWriter out = new WireWriter(16);
        int frameLength = out.reserveInt32();
        fetched(large, small, null, atLimit).write(out, V);
        out.patchInt32(frameLength, out.size() - 4);

        List<ByteBuffer> segments = out.segments();
        assertThat(segments).hasSize(5);
        assertThat(segments.get(1).isDirect()).isTrue();
        assertThat(segments.get(1)).isEqualTo(large);
        assertThat(segments.get(2).isDirect()).isFalse();
        assertThat(segments.get(3)).isEqualTo(atLimit);
        assertThat(large.position()).isZero();
        assertThat(segments.stream().mapToInt(ByteBuffer::remaining).sum()).isEqualTo(out.size());

        ByteBuffer frame = out.toByteBuffer();
        assertThat(frame.getInt()).isEqualTo(out.size() - 4);
        FetchResponseData kafka = new FetchResponseData(new ByteBufferAccessor(frame), V);
        var partitions = kafka.responses().get(0).partitions();
        assertThat(((MemoryRecords) partitions.get(0).records()).buffer()).isEqualTo(large);
        assertThat(((MemoryRecords) partitions.get(1).records()).buffer()).isEqualTo(small);
        assertThat(partitions.get(2).records()).isNull();
        assertThat(((MemoryRecords) partitions.get(3).records()).buffer()).isEqualTo(atLimit);
    }

    @Test
    void bytesDoNotDependOnTheInitialCapacity() {
        ByteBuffer expected = null;
        for (int capacity = 0; capacity < 300; capacity += 7) {
            WireWriter out = new WireWriter(capacity);
            fetched(records(3000, 1), records(10, 2)).write(out, V);
            expected = expected == null ? out.toByteBuffer() : expected;
            assertThat(out.toByteBuffer()).isEqualTo(expected);
        }
    }

    @Test
    void recordsAreReadAsASliceOfTheFrame() {
        WireWriter out = new WireWriter(16);
        fetched(records(3000, 1)).write(out, V);
        ByteBuffer frame = out.toByteBuffer();
        FetchResponse read = new FetchResponse();
        read.read(new WireReader(frame), V);
        ByteBuffer slice = read.responses.get(0).partitions.get(0).records;
        slice.put(0, (byte) (slice.get(0) + 1));
        FetchResponse again = new FetchResponse();
        again.read(new WireReader(frame), V);
        assertThat(again.responses.get(0).partitions.get(0).records).isEqualTo(slice);
    }

    @Test
    void pathNamesTheFieldAtFault() {
        ProduceRequest request = new ProduceRequest().setAcks((short) 1);
        for (int t = 0; t < 4; t++) {
            TopicProduceData topic = new TopicProduceData().setName("t" + t);
            topic.partitionData.add(new PartitionProduceData().setIndex(t));
            request.topicData.add(topic);
        }
        WireWriter out = new WireWriter(64);
        request.write(out, (short) 8);
        ByteBuffer wire = out.toByteBuffer();
        // the last partition is int32 index and int32 length of null records
        wire.limit(wire.limit() - 5);
        assertThatThrownBy(() -> new ProduceRequest().read(new WireReader(wire), (short) 8))
                .isInstanceOfSatisfying(MalformedMessage.class, e -> {
                    assertThat(e.fieldPath()).isEqualTo("topicData[3].partitionData");
                    assertThat(e.position()).isEqualTo(wire.limit() - 3);
                });
    }

    @Test
    void pathNamesTheElementOfAList() {
        WireWriter out = new WireWriter(64);
        out.writeInt32(2);
        out.writeString("a", false);
        out.writeInt16((short) 9);
        assertThatThrownBy(() -> new MetadataRequest().read(new WireReader(out.toByteBuffer()), (short) 0))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage("MetadataRequest v0, topics[1].name at byte 9 is 0 bytes (expected: 9 bytes of string)");
    }

    @Test
    void countsBeyondTheFrameAndKafkasLimitsAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        ByteBuffer big = ByteBuffer.allocate(8 << 20);
        for (int count : new int[] {Integer.MAX_VALUE, 100_000_000, WireReader.MAX_ARRAY_ELEMENTS + 1}) {
            big.putInt(0, count);
            long before = threads.getThreadAllocatedBytes(thread);
            assertThatThrownBy(() -> new MetadataRequest().read(new WireReader(big), (short) 0))
                    .isInstanceOf(MalformedMessage.class)
                    .hasMessageContaining("array of " + count + " elements");
            assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(500_000);
        }
    }

    @Test
    void varintsAreKafkas() {
        for (int value :
                new int[] {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_456, -1, Integer.MIN_VALUE}) {
            WireWriter out = new WireWriter(8);
            out.writeUnsignedVarint(value);
            ByteBuffer kafka = ByteBuffer.allocate(5);
            ByteUtils.writeUnsignedVarint(value, kafka);
            assertThat(out.toByteBuffer()).isEqualTo(kafka.flip());
            assertThat(new WireReader(kafka).readUnsignedVarint()).isEqualTo(value);
        }
        ByteBuffer endless = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, 1});
        assertThatThrownBy(() -> new WireReader(endless).readUnsignedVarint())
                .isInstanceOf(MalformedMessage.class)
                .hasMessageContaining("5 bytes");
    }

    @Test
    void unknownTaggedFieldsAreWrittenInTagOrder() {
        MetadataRequest request = new MetadataRequest();
        request.unknownTaggedFields = new ArrayList<>();
        for (int tag : new int[] {500, 7, -3, 300}) {
            request.unknownTaggedFields.add(new UnknownTaggedField(tag, new byte[] {(byte) tag}));
        }
        WireWriter out = new WireWriter(8);
        request.write(out, (short) 12);
        MetadataRequest read = new MetadataRequest();
        read.read(new WireReader(out.toByteBuffer()), (short) 12);
        assertThat(read.unknownTaggedFields).extracting(UnknownTaggedField::tag).containsExactly(7, 300, 500, -3);
        assertThatThrownBy(() -> request.write(new WireWriter(8), (short) 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MetadataRequest.unknownTaggedFields");
    }

    @Test
    void refusalToWriteNamesTheFieldOrTheValue() {
        assertThatThrownBy(() -> new ProduceRequest()
                        .setTransactionalId("t")
                        .setTopicData(null)
                        .write(new WireWriter(8), (short) 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: an array");
        WireWriter out = new WireWriter(8);
        assertThatThrownBy(() -> out.writeString("x".repeat(32_768), true)).hasMessageContaining("32768 bytes");
        assertThatThrownBy(() -> out.writeUint16(-1)).hasMessageContaining("expected: 0 to 65535");
        assertThatThrownBy(() -> out.writeUint32(1L << 32)).hasMessageContaining("expected: 0 to");
        assertThatThrownBy(() -> out.patchInt32(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void uuidIsPrintedAndReadAsKafkaDoes() {
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            Uuid ours = i == 0 ? Uuid.ZERO : i == 1 ? Uuid.METADATA_TOPIC : Uuid.random(random);
            var kafka = new org.apache.kafka.common.Uuid(ours.mostSignificantBits(), ours.leastSignificantBits());
            assertThat(ours.toString()).isEqualTo(kafka.toString()).doesNotStartWith("-");
            assertThat(Uuid.fromString(kafka.toString())).isEqualTo(ours);
            var other = org.apache.kafka.common.Uuid.randomUuid();
            Uuid our2 = new Uuid(other.getMostSignificantBits(), other.getLeastSignificantBits());
            assertThat(Integer.signum(ours.compareTo(our2))).isEqualTo(Integer.signum(kafka.compareTo(other)));
        }
        assertThatThrownBy(() -> Uuid.fromString("short")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Uuid.fromString("!!")).hasMessageContaining("\"!!\"");
    }

    @Test
    void textIsBoundedAndNamesEveryField() {
        FetchResponse response = fetched(records(10, 1));
        assertThat(response.toString())
                .startsWith("FetchResponse(")
                .contains("partitionIndex=0")
                .contains("records=10 bytes");
        for (int i = 0; i < 10_000; i++) {
            response.responses.add(new FetchableTopicResponse().setTopic("x".repeat(10_000)));
        }
        assertThat(response.toString()).hasSizeLessThan(3000);
    }
}
