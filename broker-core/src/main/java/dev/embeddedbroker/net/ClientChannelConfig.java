package dev.embeddedbroker.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ClientChannel} goes about its work: as Netty's channels do by default, but for where it reads to and whether
 * it reads. What nobody changes cannot be changed.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
@SuppressWarnings("deprecation") // the interface has methods that are
final class ClientChannelConfig implements ChannelConfig {

    private static final int WRITES_PER_FLUSH = 16;
    private static final int NO_LONGER_WRITABLE_BYTES = 64 * 1024;
    private static final int WRITABLE_AGAIN_BYTES = 32 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 30_000;

    private final ClientChannel channel;
    private @Nullable RecvByteBufAllocator target;
    private volatile boolean reads = true;

    ClientChannelConfig(ClientChannel channel) {
        this.channel = channel;
    }

    @Override
    public boolean isAutoRead() {
        return reads;
    }

    @Override
    public ChannelConfig setAutoRead(boolean wanted) {
        boolean before = reads;
        reads = wanted;
        if (wanted && !before) {
            channel.read();
        } else if (!wanted && before) {
            channel.autoReadCleared();
        }
        return this;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface wants it so
    public <T extends RecvByteBufAllocator> T getRecvByteBufAllocator() {
        if (target == null) {
            throw new IllegalStateException("a channel that is read before it was said where to");
        }
        return (T) target;
    }

    @Override
    public ChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        target = allocator;
        return this;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (!option.equals(ChannelOption.SO_LINGER) || !Integer.valueOf(0).equals(value)) {
            return false;
        }
        try {
            channel.resetOnClose();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    @Override
    @SuppressWarnings("NullAway") // null is the answer for an option that is not there
    public <T> T getOption(ChannelOption<T> option) {
        return null;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return Map.of();
    }

    @Override
    public boolean setOptions(Map<ChannelOption<?>, ?> options) {
        throw fixed();
    }

    @Override
    public int getWriteSpinCount() {
        return WRITES_PER_FLUSH;
    }

    @Override
    public ByteBufAllocator getAllocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public boolean isAutoClose() {
        return true;
    }

    @Override
    public int getWriteBufferHighWaterMark() {
        return NO_LONGER_WRITABLE_BYTES;
    }

    @Override
    public int getWriteBufferLowWaterMark() {
        return WRITABLE_AGAIN_BYTES;
    }

    @Override
    public WriteBufferWaterMark getWriteBufferWaterMark() {
        return new WriteBufferWaterMark(WRITABLE_AGAIN_BYTES, NO_LONGER_WRITABLE_BYTES);
    }

    @Override
    public MessageSizeEstimator getMessageSizeEstimator() {
        return DefaultMessageSizeEstimator.DEFAULT;
    }

    @Override
    public int getConnectTimeoutMillis() {
        return CONNECT_TIMEOUT_MS;
    }

    @Override
    public int getMaxMessagesPerRead() {
        return 1;
    }

    @Override
    public ChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        throw fixed();
    }

    @Override
    public ChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        throw fixed();
    }

    @Override
    public ChannelConfig setWriteSpinCount(int writeSpinCount) {
        throw fixed();
    }

    @Override
    public ChannelConfig setAllocator(ByteBufAllocator allocator) {
        throw fixed();
    }

    @Override
    public ChannelConfig setAutoClose(boolean autoClose) {
        throw fixed();
    }

    @Override
    public ChannelConfig setWriteBufferHighWaterMark(int bytes) {
        throw fixed();
    }

    @Override
    public ChannelConfig setWriteBufferLowWaterMark(int bytes) {
        throw fixed();
    }

    @Override
    public ChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark marks) {
        throw fixed();
    }

    @Override
    public ChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        throw fixed();
    }

    private static UnsupportedOperationException fixed() {
        return new UnsupportedOperationException("not to be changed for a broker's connections");
    }
}
