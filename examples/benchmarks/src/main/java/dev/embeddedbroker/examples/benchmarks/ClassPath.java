package dev.embeddedbroker.examples.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The jars a peer is run with: its broker's, the stock client's and this benchmark's, and none of the other broker's, so
 * that neither pays for the other's jars.
 */
final class ClassPath {
    /** The jar of broker-core has its re2j inside; the one on the class path is Apache Kafka's. */
    private static final List<String> OURS = List.of("broker-core", "protocol-", "messages-", "storage-", "netty-");

    /** What both brokers are driven with; neither would bring it for itself. */
    private static final List<String> SHARED =
            List.of("benchmarks", "kafka-clients", "zstd-jni", "lz4-java", "snappy-java", "logback-");

    /** Neither broker's: what benchmarks of single pieces are made with. */
    private static final List<String> JMH = List.of("jmh-", "commons-math3");

    /** Needed by both brokers, so counted for both. */
    private static final String LOGGING = "slf4j-api";

    private final List<Path> entries;

    private ClassPath(List<Path> entries) {
        this.entries = entries;
    }

    /** All of it, as this JVM was started with it. */
    private static ClassPath whole() {
        var found = new ArrayList<Path>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                found.add(Path.of(entry));
            }
        }
        return new ClassPath(found).only(entry -> JMH.stream().noneMatch(nameOf(entry)::startsWith));
    }

    /** What {@code peer} is run with. */
    static ClassPath of(String peer) {
        return whole().only(entry -> isShared(entry) || belongsTo(peer, entry));
    }

    /** The part of it that is there because of the broker itself. */
    static ClassPath ofBroker(String peer) {
        return whole().only(entry -> !isShared(entry) && belongsTo(peer, entry));
    }

    private ClassPath only(Predicate<Path> wanted) {
        return new ClassPath(entries.stream().filter(wanted).toList());
    }

    private static boolean isShared(Path entry) {
        String name = nameOf(entry);
        return SHARED.stream().anyMatch(name::startsWith);
    }

    private static boolean belongsTo(String peer, Path entry) {
        String name = nameOf(entry);
        boolean ours = OURS.stream().anyMatch(name::startsWith) && !isOfKafka(entry);
        return name.startsWith(LOGGING) || (!peer.equals(Report.CLIENT) && ours != peer.equals(Report.APACHE));
    }

    private static boolean isOfKafka(Path entry) {
        return entry.toString().contains("kafka");
    }

    /** A jar's file name, or the module of a directory of classes ({@code broker-core/target/classes}). */
    private static String nameOf(Path entry) {
        String name = entry.getFileName().toString();
        return name.equals("classes") ? entry.getName(entry.getNameCount() - 3).toString() + "-" : name;
    }

    int count() {
        return entries.size();
    }

    double megabytes() {
        long bytes = 0;
        for (Path entry : entries) {
            try {
                bytes += Files.size(entry);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return bytes / 1e6;
    }

    @Override
    public String toString() {
        return String.join(
                File.pathSeparator, entries.stream().map(Path::toString).toList());
    }
}
