package dev.embeddedbroker.config;

import org.jspecify.annotations.Nullable;

/** An address as settings write it: {@code host:port}, {@code [ipv6]:port}. */
public record HostAndPort(String host, int port) {
    static boolean isValid(String text) {
        return parse(text) != null;
    }

    /** Null when the text is not an address. */
    public static @Nullable HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return null;
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = port(text.substring(colon + 1));
        return port < 0 || !isHost(host) ? null : new HostAndPort(host, port);
    }

    private static int port(String digits) {
        if (digits.isEmpty() || digits.length() > 5) {
            return -1;
        }
        int port = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            port = port * 10 + digit;
        }
        return port > 65_535 ? -1 : port;
    }

    private static boolean isHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char letter = host.charAt(i);
            boolean plain = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9');
            if (!plain && "-_.:%".indexOf(letter) < 0) {
                return false;
            }
        }
        return !host.isEmpty();
    }
}
