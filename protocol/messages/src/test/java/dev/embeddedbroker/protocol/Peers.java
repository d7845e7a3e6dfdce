package dev.embeddedbroker.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.share.generated.ShareSnapshotKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.raft.generated.QuorumStateData;
import org.apache.kafka.server.log.remote.metadata.storage.generated.ProducerSnapshot;

/** Our message classes and Apache Kafka's own, found in the jars and paired by name. */
final class Peers {
    private Peers() {}

    /** Kafka's message classes by our name for them. */
    static Map<String, Class<? extends Message>> kafkas() {
        Map<String, Class<? extends Message>> found = new TreeMap<>();
        for (Class<?> anchor : new Class<?>[] {
            FetchRequestData.class,
            TopicRecord.class,
            OffsetCommitKey.class,
            ShareSnapshotKey.class,
            TransactionLogKey.class,
            QuorumStateData.class,
            ProducerSnapshot.class
        }) {
            scan(anchor, anchor.getPackageName(), type -> {
                if (Message.class.isAssignableFrom(type) && hasSchemas(type)) {
                    found.put(
                            type.getSimpleName().replaceFirst("(Request|Response|Header)Data$", "$1"),
                            type.asSubclass(Message.class));
                }
            });
        }
        return found;
    }

    /** A top-level message, and not one that Kafka has withdrawn. */
    private static boolean hasSchemas(Class<?> type) {
        if (type.getName().contains("$")) {
            return false;
        }
        try {
            return type.getField("HIGHEST_SUPPORTED_VERSION").getShort(null) >= 0;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    static Map<String, Class<? extends dev.embeddedbroker.protocol.Message>> ours() {
        Map<String, Class<? extends dev.embeddedbroker.protocol.Message>> found = new TreeMap<>();
        scan(ApiKey.class, "dev.embeddedbroker.protocol", type -> {
            if (dev.embeddedbroker.protocol.Message.class.isAssignableFrom(type)
                    && !Modifier.isAbstract(type.getModifiers())) {
                if (found.put(type.getSimpleName(), type.asSubclass(dev.embeddedbroker.protocol.Message.class))
                        != null) {
                    throw new IllegalStateException("two classes are called " + type.getSimpleName());
                }
            }
        });
        return found;
    }

    static <T> T make(Class<T> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void scan(Class<?> anchor, String pkg, java.util.function.Consumer<Class<?>> then) {
        try {
            Path place = Path.of(
                    anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) {
                walk(anchor, place, place.resolve(pkg.replace('.', '/')), then);
                return;
            }
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                walk(anchor, jar.getPath("/"), jar.getPath("/" + pkg.replace('.', '/')), then);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void walk(Class<?> anchor, Path root, Path pkg, java.util.function.Consumer<Class<?>> then)
            throws IOException {
        try (Stream<Path> files = Files.walk(pkg)) {
            files.map(f -> root.relativize(f).toString())
                    .filter(f -> f.endsWith(".class") && !f.contains("$") && !f.contains("package-info"))
                    .forEach(f -> {
                        String name = f.substring(0, f.length() - 6).replace('/', '.');
                        try {
                            then.accept(Class.forName(name, false, anchor.getClassLoader()));
                        } catch (ClassNotFoundException | NoClassDefFoundError e) {
                            // a class that needs a jar we left out is no message
                            assert !name.endsWith("Data") : e;
                        }
                    });
        }
    }
}
