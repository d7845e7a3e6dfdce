package dev.embeddedbroker.net;

import java.net.InetAddress;

/** Says whether an address connects too often (KIP-612). Asked on the loop that accepts, once for each connection. */
@FunctionalInterface
public interface AddressGate {

    /** Lets everybody in. */
    AddressGate OPEN = address -> 0;

    /** For how many ms a connection is kept waiting before it is closed; 0 when it is welcome. */
    long excessMs(InetAddress address);
}
