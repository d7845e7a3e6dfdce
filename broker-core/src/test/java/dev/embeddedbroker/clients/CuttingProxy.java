package dev.embeddedbroker.clients;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy on loopback in front of a broker, which can cut one client off, by its {@code client.id}, in the middle of
 * whatever it does: its connections are reset, and new ones too. That is how a process looks that crashed.
 */
final class CuttingProxy implements AutoCloseable {
    private static final int LARGEST_HEAD = 1 << 10;

    private final ServerSocket server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private volatile int brokerPort;

    CuttingProxy() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        start("proxy", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Where to lead to; connections before that are refused. */
    void leadTo(int port) {
        brokerPort = port;
    }

    /** Cuts the client's connections, and every one it makes from now on. */
    void cut(String clientId) {
        dead.add(clientId);
        links.forEach(link -> link.cutIfDead());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var link = new Link(server.accept());
                links.add(link);
                start("proxy-link", link::run);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void start(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        links.forEach(Link::cut);
    }

    /** One client's connection and the one to the broker that goes with it. */
    private final class Link {
        private final Socket client;
        private final Socket broker = new Socket();
        private volatile String clientId = "";

        Link(Socket client) {
            this.client = client;
        }

        void run() {
            try {
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                broker.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort));
                byte[] head = head(new DataInputStream(client.getInputStream()));
                cutIfDead();
                broker.getOutputStream().write(head);
                start("proxy-back", () -> pump(broker, client));
                pump(client, broker);
            } catch (IOException e) {
                cut();
            }
        }

        /** The first request up to its client id: size, key, version, correlation id, client id. */
        private byte[] head(DataInputStream in) throws IOException {
            byte[] fixed = new byte[14];
            in.readFully(fixed);
            int length = (short) ((fixed[12] & 0xff) << 8 | fixed[13] & 0xff);
            if (length > LARGEST_HEAD) {
                throw new IOException("client id of " + length + " bytes");
            }
            byte[] name = new byte[Math.max(length, 0)];
            in.readFully(name);
            clientId = new String(name, StandardCharsets.UTF_8);
            byte[] head = new byte[fixed.length + name.length];
            System.arraycopy(fixed, 0, head, 0, fixed.length);
            System.arraycopy(name, 0, head, fixed.length, name.length);
            return head;
        }

        private void pump(Socket from, Socket to) {
            byte[] bytes = new byte[1 << 16];
            try {
                for (int n = from.getInputStream().read(bytes);
                        n >= 0;
                        n = from.getInputStream().read(bytes)) {
                    to.getOutputStream().write(bytes, 0, n);
                }
            } catch (IOException e) {
                // one of the two is gone, and so is the other one now
            } finally {
                cut();
            }
        }

        void cutIfDead() {
            if (dead.contains(clientId)) {
                cut();
            }
        }

        void cut() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(broker);
        }

        private void closeQuietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
