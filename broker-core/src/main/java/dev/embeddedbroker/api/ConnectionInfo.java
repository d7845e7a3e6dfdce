package dev.embeddedbroker.api;

import java.net.InetSocketAddress;

/**
 * One client's connection, as handlers see it.
 *
 * <p><b>Owner:</b> the connection's loop; what does not change may be read on any thread.
 */
public interface ConnectionInfo {

    /** Kafka's form of a connection's name: both addresses and a number, unlike any other's of this broker. */
    String id();

    InetSocketAddress localAddress();

    InetSocketAddress remoteAddress();

    /** The client's address as Kafka shows it in groups: {@code "/127.0.0.1"}. */
    default String clientHost() {
        return "/" + remoteAddress().getAddress().getHostAddress();
    }

    /** The name of the listener the client came through. */
    String listenerName();

    /** Who the client is; {@code "User:ANONYMOUS"} unless it has authenticated. */
    String principal();

    /** Makes the client somebody: the last step of authentication. Inside the loop. */
    void authenticatedAs(String principal);

    ClientSoftware software();

    /** Remembers how the client introduced itself. Inside the loop. */
    void introducedAs(ClientSoftware software);

    /** Whether the client is still there. */
    boolean isOpen();

    /** Runs {@code task} on the connection's loop once the client is gone; at once when it already is. Inside the loop. */
    void onClose(Runnable task);

    /**
     * Hears nothing that the client sends from now on, as if the network lost it: bytes are read and thrown away. The request
     * in progress still is to be answered, if with {@link RequestContext#replyNothing}. Inside the loop.
     */
    default void loseRequests() {}

    /**
     * Tells the client nothing from now on, as if the network lost it: requests are served, and their answers thrown away.
     * Inside the loop.
     */
    default void loseAnswers() {}
}
