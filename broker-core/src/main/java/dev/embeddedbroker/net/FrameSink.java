package dev.embeddedbroker.net;

/** Who gets what a connection's socket brings. Called on the connection's loop, by {@link FrameHandler} only. */
interface FrameSink {

    /** The socket is open. */
    void onOpened();

    /** Bytes were read that belong to a request after those delivered so far. */
    void onBytes();

    /** A whole request was read. The receiver releases the frame. */
    void onFrame(Frame frame);

    /** Whether the receiver has not itself stopped the reading. */
    boolean wantsMore();

    /** The peer does not speak the protocol; nothing more is delivered. */
    void onBadFrame(String reason);

    /** All bytes the socket had for now were delivered: the time to flush. */
    void onReadComplete();

    /** The socket takes bytes again, or no longer. */
    void onWritabilityChanged();

    /** Something failed on the way: the peer's reset, or a bug of ours. */
    void onException(Throwable cause);

    /** The socket is closed. */
    void onClosed();
}
