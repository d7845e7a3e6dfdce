package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread that keeps some connections busy with copies of one frame, {@code depth} of them under way on each, and looks
 * at nothing of the answers but their sizes: so cheap that the broker is the limit, or the kernel.
 */
final class RawLoad {
    private static final int READ_BYTES = 1 << 20;

    private final InetSocketAddress address;
    private final ByteBuffer frames;
    private final int frameBytes;
    private final int depth;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private int answerBytes = -1;
    private long answers;
    private long bytesIn;

    /** One connection and what is under way on it. */
    private final class Connection {
        private final SocketChannel socket;
        private final SelectionKey key;
        private final ByteBuffer out = frames.duplicate().limit(0);
        private final ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
        private int underWay;
        private int left; // of the answer that is being read

        Connection(Selector selector) throws IOException {
            socket = SocketChannel.open(address);
            socket.socket().setTcpNoDelay(true);
            socket.configureBlocking(false);
            key = socket.register(selector, SelectionKey.OP_READ, this);
        }

        /** Sends as many as there is room for, but few at a time only when nothing else is under way. */
        void send() throws IOException {
            if (!out.hasRemaining() && underWay <= depth / 2) {
                out.clear().limit((depth - underWay) * frameBytes);
                underWay = depth;
            }
            if (out.hasRemaining()) {
                socket.write(out);
            }
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void read() throws IOException {
            in.clear();
            int count = socket.read(in);
            if (count < 0) {
                throw new IOException("the broker closed the connection");
            }
            bytesIn += count;
            in.flip();
            while (in.hasRemaining()) {
                if (left == 0) {
                    while (size.hasRemaining() && in.hasRemaining()) {
                        size.put(in.get());
                    }
                    if (size.hasRemaining()) {
                        return;
                    }
                    left = size.getInt(0);
                    size.clear();
                    expect(left);
                }
                int taken = Math.min(left, in.remaining());
                in.position(in.position() + taken);
                left -= taken;
                if (left == 0) {
                    underWay--;
                    answers++;
                }
            }
        }
    }

    /** All answers are of one size, or something was refused. */
    private void expect(int bytes) throws IOException {
        if (answerBytes < 0) {
            answerBytes = bytes;
        } else if (answerBytes != bytes) {
            throw new IOException("an answer of " + bytes + " bytes (expected: " + answerBytes + ", as before)");
        }
    }

    /** @param frame what is sent again and again, its size included */
    RawLoad(InetSocketAddress address, ByteBuffer frame, int depth) {
        this.address = address;
        this.frameBytes = frame.remaining();
        this.depth = depth;
        this.frames = ByteBuffer.allocateDirect(frameBytes * depth);
        for (int i = 0; i < depth; i++) {
            frames.put(frame.duplicate());
        }
    }

    /** Sends for a while, then waits for what is under way; returns the seconds that took. */
    double run(int connections, long nanos) throws IOException {
        long start = System.nanoTime();
        try (var selector = Selector.open()) {
            List<Connection> open = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                open.add(new Connection(selector));
            }
            for (var connection : open) {
                connection.send();
            }
            while (!open.isEmpty()) {
                selector.select();
                boolean sends = System.nanoTime() - start < nanos;
                for (var key : selector.selectedKeys()) {
                    var connection = (Connection) key.attachment();
                    if (key.isReadable()) {
                        connection.read();
                    }
                    if (sends || connection.out.hasRemaining()) {
                        connection.send();
                    } else if (connection.underWay == 0) {
                        connection.socket.close();
                        open.remove(connection);
                    }
                }
                selector.selectedKeys().clear();
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    long answers() {
        return answers;
    }

    long bytesOut() {
        return answers * frameBytes;
    }

    long bytesIn() {
        return bytesIn;
    }
}
