package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.protocol.WireReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The ceiling of what a broker can show through a client: {@link KeepsNothing} behind one thread of plain NIO, which
 * reads, answers and forgets. <b>Owner:</b> its thread.
 */
final class KeepsNothingServer implements Peer {
    private static final int READ_BYTES = 256 * 1024;
    private static final int ANSWER_BYTES = 256 * 1024;

    private final Selector selector;
    private final ServerSocketChannel listening;
    private final KeepsNothing answers;
    private final ByteBuffer out = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final Thread thread = new Thread(this::serve, "keeps-nothing");

    KeepsNothingServer() throws IOException {
        selector = Selector.open();
        listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getByName("localhost"), 0));
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        answers = new KeepsNothing(port());
        thread.setDaemon(true);
        thread.start();
    }

    private int port() throws IOException {
        return ((InetSocketAddress) listening.getLocalAddress()).getPort();
    }

    @Override
    public String bootstrapServers() {
        try {
            return "localhost:" + port();
        } catch (IOException e) {
            throw new IllegalStateException("the listening socket is closed", e);
        }
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException("it has no data to be started again on");
    }

    private void serve() {
        try {
            while (selector.isOpen()) {
                selector.select();
                for (var key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        read(key);
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (ClosedSelectorException e) {
            return; // close()
        } catch (IOException e) {
            throw new IllegalStateException("the selector failed", e);
        }
    }

    private void accept() throws IOException {
        var socket = listening.accept();
        socket.configureBlocking(false);
        socket.socket().setTcpNoDelay(true);
        socket.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(READ_BYTES));
    }

    private void read(SelectionKey key) {
        var socket = (SocketChannel) key.channel();
        var in = (ByteBuffer) key.attachment();
        try {
            if (socket.read(in) < 0) {
                socket.close();
                return;
            }
            in.flip();
            while (in.remaining() >= Integer.BYTES && in.remaining() - Integer.BYTES >= in.getInt(in.position())) {
                int size = in.getInt();
                answer(in.slice(in.position(), size), socket);
                in.position(in.position() + size);
            }
            flush(socket);
            key.attach(room(in));
        } catch (IOException e) {
            key.cancel();
        }
    }

    /** What is left of a frame, at the start of a buffer that holds all of it. */
    private static ByteBuffer room(ByteBuffer in) {
        int wanted = in.remaining() >= Integer.BYTES ? in.getInt(in.position()) + Integer.BYTES : 0;
        return wanted > in.capacity() ? ByteBuffer.allocateDirect(wanted).put(in) : in.compact();
    }

    private void answer(ByteBuffer frame, SocketChannel socket) throws IOException {
        for (ByteBuffer segment : answers.answer(new WireReader(frame), frame.getShort(0), frame.getShort(2))) {
            if (out.remaining() < segment.remaining()) {
                flush(socket);
            }
            out.put(segment);
        }
    }

    private void flush(SocketChannel socket) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            socket.write(out); // answers are small: a client that does not read them is none of ours
        }
        out.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        selector.close();
    }
}
