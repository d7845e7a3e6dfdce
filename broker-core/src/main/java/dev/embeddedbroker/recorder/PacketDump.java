package dev.embeddedbroker.recorder;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns exchanges into the packets of the TCP connections they went over. */
final class PacketDump {

    private static final int BROKER_PORT = 9092;
    private static final int SIZE_BYTES = 4;

    private final PcapngWriter out;

    PacketDump(OutputStream out) {
        this.out = new PcapngWriter(out);
    }

    /** One frame on its way. */
    private record Passage(Instant at, String connection, RecordedExchange of, boolean isRequest, ByteBuffer frame) {}

    void write(List<RecordedExchange> exchanges) throws IOException {
        var passages = new ArrayList<Passage>();
        for (var exchange : exchanges) {
            passages.add(
                    new Passage(exchange.receivedAt(), exchange.connection(), exchange, true, exchange.requestFrame()));
            ByteBuffer answer = exchange.answerFrame();
            if (answer != null) {
                passages.add(new Passage(
                        exchange.answeredAt().orElseThrow(), exchange.connection(), exchange, false, answer));
            }
        }
        passages.sort(Comparator.comparing(Passage::at)); // stable: what came first stays first
        out.section(comment(exchanges));
        Map<String, TcpConversation> conversations = new LinkedHashMap<>();
        for (var passage : passages) {
            var conversation = conversations.get(passage.connection());
            if (conversation == null) {
                conversation = begin(passage.of(), conversations.size());
                conversations.put(passage.connection(), conversation);
                conversation.handshake(passage.at());
            }
            conversation.send(passage.isRequest(), passage.at(), framed(passage.frame()));
        }
    }

    private TcpConversation begin(RecordedExchange exchange, int index) {
        InetSocketAddress remote = exchange.remoteAddress();
        InetSocketAddress local = exchange.localAddress();
        var client = remote == null
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000 + index % 20_000)
                : remote;
        var broker = local == null ? new InetSocketAddress(InetAddress.getLoopbackAddress(), BROKER_PORT) : local;
        return new TcpConversation(out, client, new InetSocketAddress(broker.getAddress(), BROKER_PORT));
    }

    private static String comment(List<RecordedExchange> exchanges) {
        @Nullable
        InetSocketAddress local = exchanges.stream()
                .map(RecordedExchange::localAddress)
                .filter(address -> address != null)
                .findFirst()
                .orElse(null);
        return "Recorded inside Embedded Broker. Ethernet, IP and TCP are made up around the real frames; the broker's port"
                + (local == null ? "" : " " + local.getPort()) + " is shown as " + BROKER_PORT
                + ". Bytes of records that were not kept are zeros.";
    }

    private static byte[] framed(ByteBuffer frame) {
        var framed = new byte[SIZE_BYTES + frame.remaining()];
        ByteBuffer.wrap(framed).putInt(frame.remaining()).put(frame.duplicate());
        return framed;
    }
}
