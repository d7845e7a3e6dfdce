package dev.embeddedbroker.recorder;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * One TCP connection as packets: a handshake, then data both ways, each piece acknowledged with the next the other way.
 * Not thread-safe.
 */
final class TcpConversation {

    /** As loopback interfaces carry it: below the 64 KiB an IP packet may have. */
    static final int SEGMENT_BYTES = 32 * 1024;

    private static final int ETHERNET_BYTES = 14;
    private static final int IP4_BYTES = 20;
    private static final int IP6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final short ETHERTYPE_IP4 = 0x0800;
    private static final short ETHERTYPE_IP6 = (short) 0x86DD;
    private static final byte TCP = 6;
    private static final int SYN = 2;
    private static final int PUSH = 8;
    private static final int ACK = 16;

    private final PcapngWriter out;
    private final InetSocketAddress client;
    private final InetSocketAddress broker;
    private int clientNext; // the sequence number of the client's next byte
    private int brokerNext;

    TcpConversation(PcapngWriter out, InetSocketAddress client, InetSocketAddress broker) {
        this.out = out;
        this.client = client;
        this.broker = broker;
    }

    void handshake(Instant at) throws IOException {
        packet(true, at, SYN, new byte[0], 0, 0);
        clientNext++;
        packet(false, at, SYN | ACK, new byte[0], 0, 0);
        brokerNext++;
        packet(true, at, ACK, new byte[0], 0, 0);
    }

    void send(boolean fromClient, Instant at, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += SEGMENT_BYTES) {
            int length = Math.min(SEGMENT_BYTES, bytes.length - from);
            packet(fromClient, at, from + length == bytes.length ? PUSH | ACK : ACK, bytes, from, length);
            if (fromClient) {
                clientNext += length;
            } else {
                brokerNext += length;
            }
        }
    }

    private void packet(boolean fromClient, Instant at, int flags, byte[] data, int from, int length)
            throws IOException {
        var source = fromClient ? client : broker;
        var destination = fromClient ? broker : client;
        byte[] sourceIp = source.getAddress().getAddress();
        byte[] destinationIp = destination.getAddress().getAddress();
        boolean isIp4 = source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address;
        int ipBytes = isIp4 ? IP4_BYTES : IP6_BYTES;
        var packet = ByteBuffer.allocate(ETHERNET_BYTES + ipBytes + TCP_BYTES + length);
        packet.put(mac(!fromClient)).put(mac(fromClient)).putShort(isIp4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6);
        if (isIp4) {
            ip4(packet, sourceIp, destinationIp, TCP_BYTES + length);
        } else {
            packet.putInt(0x6000_0000)
                    .putShort((short) (TCP_BYTES + length))
                    .put(TCP)
                    .put((byte) 64);
            packet.put(sourceIp).put(destinationIp);
        }
        int tcpAt = packet.position();
        packet.putShort((short) source.getPort()).putShort((short) destination.getPort());
        packet.putInt(fromClient ? clientNext : brokerNext);
        packet.putInt((flags & ACK) == 0 ? 0 : fromClient ? brokerNext : clientNext);
        packet.put((byte) ((TCP_BYTES / 4) << 4)).put((byte) flags).putShort((short) 0xFFFF);
        packet.putShort((short) 0).putShort((short) 0).put(data, from, length);
        packet.putShort(tcpAt + 16, tcpChecksum(packet, tcpAt, sourceIp, destinationIp));
        out.packet(at, packet.array());
    }

    /** Made-up addresses of two cards, locally administered. */
    private static byte[] mac(boolean ofClient) {
        return new byte[] {2, 0, 0, 0, 0, (byte) (ofClient ? 1 : 2)};
    }

    private static void ip4(ByteBuffer packet, byte[] source, byte[] destination, int payload) {
        int at = packet.position();
        packet.put((byte) 0x45).put((byte) 0).putShort((short) (IP4_BYTES + payload));
        packet.putShort((short) 0)
                .putShort((short) 0x4000)
                .put((byte) 64)
                .put(TCP)
                .putShort((short) 0);
        packet.put(source).put(destination);
        packet.putShort(at + 10, (short) ~folded(sum(packet, at, at + IP4_BYTES)));
    }

    private static short tcpChecksum(ByteBuffer packet, int at, byte[] source, byte[] destination) {
        int length = packet.limit() - at;
        long sum = sum(ByteBuffer.wrap(source), 0, source.length)
                + sum(ByteBuffer.wrap(destination), 0, destination.length)
                + TCP
                + length
                + sum(packet, at, packet.limit());
        return (short) ~folded(sum);
    }

    private static long sum(ByteBuffer bytes, int from, int to) {
        long sum = 0;
        int at = from;
        for (; at + 1 < to; at += 2) {
            sum += bytes.getShort(at) & 0xFFFF;
        }
        return at < to ? sum + ((bytes.get(at) & 0xFF) << 8) : sum;
    }

    private static int folded(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }
}
