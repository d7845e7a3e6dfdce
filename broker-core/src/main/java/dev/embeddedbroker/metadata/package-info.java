/**
 * What the cluster consists of and who decides it: the {@link dev.embeddedbroker.metadata.Controller}, a machine whose
 * kept events are Apache Kafka's own metadata records in {@code __cluster_metadata-0}, its host on loop 0, and the
 * immutable {@link dev.embeddedbroker.metadata.ClusterImage} everybody reads.
 */
@NullMarked
package dev.embeddedbroker.metadata;

import org.jspecify.annotations.NullMarked;
