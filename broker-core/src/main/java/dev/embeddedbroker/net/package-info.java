/** The broker's sockets: loops, connections, frames and bytes out. The only package that knows Netty. */
package dev.embeddedbroker.net;
