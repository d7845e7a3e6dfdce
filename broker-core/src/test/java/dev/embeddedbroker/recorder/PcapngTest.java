package dev.embeddedbroker.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dumpPcapng}: read back by hand, and by Wireshark where it is installed. */
class PcapngTest {

    @TempDir
    Path directory;

    private Path dump() throws Exception {
        Path file = directory.resolve("traffic.pcapng");
        try (var broker = EmbeddedBroker.builder()
                .topic("orders", 1)
                .flightRecorder()
                .build()
                .start()) {
            Traffic.produce(broker, "shop", "orders", "one", "x".repeat(200_000));
            Traffic.consume(broker, "notifier", "notifications", "classic", "orders", 2);
            broker.recorder().dumpPcapng(file);
            streams = new LinkedHashMap<>();
            for (var exchange : broker.recorder().exchanges()) {
                if (exchange.answerFrame() != null) {
                    frames++;
                }
                frames++;
            }
        }
        return file;
    }

    private Map<String, ByteArrayOutputStream> streams = Map.of();
    private final Map<String, Integer> next = new LinkedHashMap<>();
    private int frames;

    @Test
    void everyBlockPacketAndChecksumIsRightAndTheStreamsHoldWholeFrames() throws Exception {
        var file = ByteBuffer.wrap(Files.readAllBytes(dump())).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(file.getInt(0)).isEqualTo(0x0A0D0D0A);
        assertThat(file.getInt(8)).isEqualTo(0x1A2B3C4D);
        long lastTime = 0;
        while (file.hasRemaining()) {
            int at = file.position();
            int type = file.getInt();
            int length = file.getInt();
            assertThat(length % 4).isZero();
            assertThat(file.getInt(at + length - 4)).isEqualTo(length);
            if (type == 6) {
                file.getInt();
                long time = (long) file.getInt() << 32 | file.getInt() & 0xFFFF_FFFFL;
                assertThat(time).isGreaterThanOrEqualTo(lastTime);
                lastTime = time;
                int captured = file.getInt();
                assertThat(file.getInt()).isEqualTo(captured);
                packet(file.slice(file.position(), captured).order(ByteOrder.BIG_ENDIAN));
            }
            file.position(at + length);
        }
        int found = 0;
        for (var stream : streams.values()) {
            var bytes = ByteBuffer.wrap(stream.toByteArray());
            while (bytes.hasRemaining()) {
                int size = bytes.getInt();
                bytes.position(bytes.position() + size);
                found++;
            }
        }
        assertThat(found).isEqualTo(frames).isPositive();
    }

    private void packet(ByteBuffer packet) {
        assertThat(packet.getShort(12)).as("IPv4").isEqualTo((short) 0x0800);
        int totalBytes = packet.getShort(16) & 0xFFFF;
        assertThat(packet.limit()).isEqualTo(14 + totalBytes);
        assertThat(onesSum(packet, 14, 34, 0)).as("checksum of IP").isEqualTo(0xFFFF);
        int pseudo = onesSum(packet, 26, 34, 6 + totalBytes - 20);
        assertThat(onesSum(packet, 34, packet.limit(), pseudo))
                .as("checksum of TCP")
                .isEqualTo(0xFFFF);
        String stream = packet.getInt(26) + ":" + packet.getShort(34) + ">" + packet.getShort(36);
        int sequence = packet.getInt(38);
        int flags = packet.get(47);
        boolean isSyn = (flags & 2) != 0;
        assertThat(next.getOrDefault(stream, 0)).as("sequence of %s", stream).isEqualTo(sequence);
        next.put(stream, sequence + (isSyn ? 1 : totalBytes - 40));
        var data = new byte[packet.limit() - 54];
        packet.get(54, data);
        streams.computeIfAbsent(stream, key -> new ByteArrayOutputStream()).writeBytes(data);
    }

    private static int onesSum(ByteBuffer bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += i + 1 < to ? bytes.getShort(i) & 0xFFFF : (bytes.get(i) & 0xFF) << 8;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    @Test
    void wiresharkReadsItAsKafka() throws Exception {
        Assumptions.assumeTrue(isInstalled(), "tshark is not installed");
        Path file = dump();
        String text = tshark(
                "-r",
                file.toString(),
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "ip.check_checksum:TRUE",
                "-Y",
                "kafka",
                "-T",
                "fields",
                "-E",
                "occurrence=a",
                "-e",
                "kafka.api_key",
                "-e",
                "kafka.client_id",
                "-e",
                "kafka.topic_name");
        assertThat(text).contains("shop").contains("notifier").contains("orders");
        assertThat(tshark(
                        "-r",
                        file.toString(),
                        "-o",
                        "tcp.check_checksum:TRUE",
                        "-o",
                        "ip.check_checksum:TRUE",
                        "-Y",
                        "tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment"
                                + " || tcp.analysis.retransmission || tcp.analysis.out_of_order"))
                .isBlank();
        assertThat(tshark(
                        "-r",
                        file.toString(),
                        "-Y",
                        "kafka.api_key == 11",
                        "-T",
                        "fields",
                        "-e",
                        "kafka.consumer_group"))
                .contains("notifications");
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("tshark", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static String tshark(String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>(List.of("tshark", "-n"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
        return text;
    }
}
