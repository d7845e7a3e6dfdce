package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameHandlerTest {

    private static final int MAX_BYTES = 1 << 20;

    private final BufferPool buffers = new BufferPool();
    private RequestBudget budget = new RequestBudget(-1);
    private final Recorder sink = new Recorder();
    private FrameHandler handler = new FrameHandler(buffers, budget, MAX_BYTES, sink);
    private EmbeddedChannel channel = new EmbeddedChannel(handler);
    private final List<ByteBuf> written = new ArrayList<>();

    @AfterEach
    void nothingIsHeld() {
        channel.close();
        sink.frames.forEach(Frame::release);
        assertThat(written).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void frameSplitByteByByteArrivesOnceAndWhole() {
        byte[] body = randomBytes(300, 1);
        for (byte b : framed(body)) {
            assertThat(sink.frames).isEmpty();
            write(new byte[] {b});
        }
        assertThat(sink.bodies()).containsExactly(body);
        assertThat(handler.isInsideFrame()).isFalse();
    }

    @Test
    void framesInOneReadArriveInOrderAndAreNotCopied() {
        byte[] first = randomBytes(10, 1);
        byte[] second = randomBytes(20_000, 2);
        byte[] read = concat(framed(first), framed(new byte[0]), framed(second));
        write(read);
        assertThat(sink.bodies()).containsExactly(first, new byte[0], second);
        sink.frames.get(0).bytes().array()[4] ^= 1;
        assertThat(read[4]).isEqualTo(sink.frames.get(0).bytes().get(0));
    }

    @Test
    void anyCuttingOfAStreamGivesTheSameFrames() {
        for (int seed = 0; seed < 200; seed++) {
            setUp(-1);
            var random = new Random(seed);
            var bodies = new ArrayList<byte[]>();
            byte[] stream = {};
            for (int i = random.nextInt(6); i >= 0; i--) {
                int size = random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(100);
                bodies.add(randomBytes(size, random.nextInt()));
                stream = concat(stream, framed(bodies.get(bodies.size() - 1)));
            }
            int at = 0;
            while (at < stream.length) {
                int length = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 7 : 200_000));
                write(Arrays.copyOfRange(stream, at, at + length));
                at += length;
            }
            assertThat(sink.bodies()).containsExactlyElementsOf(bodies);
            nothingIsHeld();
        }
    }

    @Test
    void negativeSizeIsRefusedAndNothingAfterItIsDelivered() {
        write(concat(framed(new byte[1]), new byte[] {-1, -1, -1, -1}, framed(new byte[2])));
        write(framed(new byte[3]));
        assertThat(sink.frames).hasSize(1);
        assertThat(sink.reasons)
                .hasSize(1)
                .first()
                .asString()
                .contains("-1 bytes")
                .contains(MAX_BYTES + "");
    }

    @Test
    void sizeAboveTheLimitIsRefusedBeforeAnythingIsAllocated() {
        write(concat(new byte[] {0, 16, 0, 1}, new byte[100]));
        assertThat(sink.frames).isEmpty();
        assertThat(sink.reasons).hasSize(1);
    }

    @Test
    void declaredSizeAllocatesNothingUntilBytesArrive() {
        handler = new FrameHandler(buffers, budget, Integer.MAX_VALUE, sink);
        channel = new EmbeddedChannel(handler);
        write(new byte[] {0x7f, -1, -1, -1});
        write(new byte[1000]);
        ByteBuf memory = handler.readTarget().newHandle().allocate(null);
        assertThat(memory.capacity()).isLessThanOrEqualTo(128 * 1024);
        memory.release();
    }

    @Test
    void truncatedFrameIsDroppedWhenThePeerLeaves() {
        write(Arrays.copyOf(framed(randomBytes(50_000, 1)), 40_000));
        channel.close();
        assertThat(sink.frames).isEmpty();
        assertThat(sink.closed).isOne();
    }

    @Test
    void readingStopsWhenTheBudgetIsUsedUpAndGoesOnWhenItIsNot() {
        setUp(100);
        write(framed(new byte[150]));
        assertThat(channel.config().isAutoRead()).isTrue();
        write(Arrays.copyOf(framed(new byte[50]), 20));
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(handler.waitsForBudget()).isTrue();
        sink.frames.get(0).release();
        assertThat(channel.config().isAutoRead()).isTrue();
        write(new byte[34]);
        assertThat(sink.bodies()).hasSize(2);
    }

    @Test
    void frameThatArrivedWholeNeverWaitsForTheBudget() {
        setUp(100);
        write(concat(framed(new byte[150]), framed(new byte[30])));
        assertThat(sink.frames).hasSize(2);
        assertThat(budget.usedBytes()).isEqualTo(180);
    }

    private void setUp(long budgetBytes) {
        sink.clear();
        budget = new RequestBudget(budgetBytes);
        handler = new FrameHandler(buffers, budget, MAX_BYTES, sink);
        channel = new EmbeddedChannel(handler);
    }

    private void write(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        written.add(buffer);
        channel.writeInbound(buffer);
    }

    private static byte[] framed(byte[] body) {
        ByteBuf buffer = Unpooled.buffer().writeInt(body.length).writeBytes(body);
        return Arrays.copyOf(buffer.array(), buffer.readableBytes());
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuf all = Unpooled.buffer();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return Arrays.copyOf(all.array(), all.readableBytes());
    }

    private static byte[] randomBytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static final class Recorder implements FrameSink {
        private final List<Frame> frames = new ArrayList<>();
        private final List<String> reasons = new ArrayList<>();
        private int closed;

        private List<byte[]> bodies() {
            return frames.stream()
                    .map(frame -> {
                        byte[] body = new byte[frame.sizeBytes()];
                        frame.bytes().duplicate().get(body);
                        return body;
                    })
                    .toList();
        }

        private void clear() {
            frames.clear();
            reasons.clear();
        }

        @Override
        public void onOpened() {}

        @Override
        public boolean wantsMore() {
            return true;
        }

        @Override
        public void onBytes() {}

        @Override
        public void onFrame(Frame frame) {
            frames.add(frame);
        }

        @Override
        public void onBadFrame(String reason) {
            reasons.add(reason);
        }

        @Override
        public void onReadComplete() {}

        @Override
        public void onWritabilityChanged() {}

        @Override
        public void onException(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onClosed() {
            closed++;
        }
    }
}
