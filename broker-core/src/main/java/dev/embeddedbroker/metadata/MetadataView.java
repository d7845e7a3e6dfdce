package dev.embeddedbroker.metadata;

/** The newest published state of the cluster; readable from any thread. */
@FunctionalInterface
public interface MetadataView {
    ClusterImage image();
}
