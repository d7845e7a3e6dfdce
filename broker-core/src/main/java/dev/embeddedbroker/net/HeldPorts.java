package dev.embeddedbroker.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports of a broker that is down: nobody listens on them, so that who connects is refused, and the system gives them to
 * nobody else until the broker is back. Each is bound by a socket that does not listen.
 *
 * <p><b>Owner:</b> one thread at a time.
 */
public final class HeldPorts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HeldPorts.class);

    private final List<SocketChannel> sockets = new ArrayList<>();

    /** Holds a port on which one listened until now. If somebody was quicker it is not held, and logged. */
    public void hold(InetSocketAddress address) {
        SocketChannel socket = null;
        try {
            socket = SocketChannel.open();
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true); // connections that were cut may linger
            socket.bind(address);
            // from here on nobody binds it beside this socket
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            sockets.add(socket);
        } catch (IOException e) {
            log.warn("{} cannot be held for the broker's next start", address, e);
            if (socket != null) {
                ListeningSocket.close(socket);
            }
        }
    }

    /** Gives them back: whoever binds first has them. */
    @Override
    public void close() {
        sockets.forEach(ListeningSocket::close);
        sockets.clear();
    }
}
