package dev.embeddedbroker.net;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** A client of blocking reads and writes, which encodes and decodes with Kafka's own classes. */
public final class WireClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;

    public WireClient(InetSocketAddress address) throws IOException {
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static byte[] framed(ApiKeys key, int version, int correlationId, ApiMessage body) {
        var header = new RequestHeader(key, (short) version, "client", correlationId);
        return framed(
                bytes(MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                        .buffer()),
                body == null
                        ? new byte[0]
                        : bytes(MessageUtil.toByteBufferAccessor(body, (short) version)
                                .buffer()));
    }

    static byte[] framed(byte[]... parts) {
        try {
            var bytes = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                bytes.write(part);
            }
            var frame = new ByteArrayOutputStream();
            var data = new DataOutputStream(frame);
            data.writeInt(bytes.size());
            data.write(bytes.toByteArray());
            return frame.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    public void send(ApiKeys key, int version, int correlationId, ApiMessage body) throws IOException {
        send(framed(key, version, correlationId, body));
    }

    /** The next answer's bytes behind the size. */
    ByteBuffer receive() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** The next answer, parsed by Kafka's classes, which check the correlation id. */
    public AbstractResponse receive(ApiKeys key, int version, int correlationId) throws IOException {
        return AbstractResponse.parseResponse(
                receive(), new RequestHeader(key, (short) version, "client", correlationId));
    }

    public AbstractResponse ask(ApiKeys key, int version, int correlationId, ApiMessage body) throws IOException {
        send(key, version, correlationId, body);
        return receive(key, version, correlationId);
    }

    ByteBuffer receiveAfter(ApiKeys key, int version, int correlationId, ApiMessage body) throws IOException {
        send(key, version, correlationId, body);
        return receive();
    }

    /** Whether the server closed the connection, waiting for it. */
    public boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    void slowReader() throws IOException {
        socket.setReceiveBufferSize(16 * 1024);
    }

    /** Leaves without a goodbye: the server's next write fails. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
