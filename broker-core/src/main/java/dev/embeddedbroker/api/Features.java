package dev.embeddedbroker.api;

import java.util.Map;

/**
 * The features of the cluster at one moment (KIP-584), as ApiVersions tells them.
 *
 * @param supported the levels this broker could run, by feature
 * @param finalized the levels that hold now; 0 means the feature is off
 * @param epoch grows with every change of {@code finalized}; −1 when that is not known
 */
public record Features(Map<String, Range> supported, Map<String, Short> finalized, long epoch) {

    /** A broker without any. */
    public static final Features NONE = new Features(Map.of(), Map.of(), -1);

    public record Range(short min, short max) {}
}
