package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.TemporaryDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pain 7: files of the broker that can't be deleted because they are mapped or open, on Windows, and directories that are left in
 * the temporary one (spring-kafka 928, 3225, kafka-junit 61, embedded-kafka 324).
 */
class Pain07TemporaryFilesTest {
    @TempDir
    Path directory;

    private static void live(EmbeddedBroker broker) throws Exception {
        Clients.produce(broker, "t", "a", "b", "c");
        assertThat(Clients.consume(broker, "t", "g", 3)).containsExactly("a", "b", "c");
    }

    @Test
    void aBrokerInMemoryWritesNoFile() throws Exception {
        var before = TemporaryDirectories.now();
        try (var broker = EmbeddedBroker.builder().topic("t", 1).build().start()) {
            live(broker);
            assertThat(TemporaryDirectories.now()).isEqualTo(before);
        }
    }

    @Test
    void aTemporaryDirectoryIsGoneWhenCloseReturns() throws Exception {
        var before = TemporaryDirectories.now();
        try (var broker = EmbeddedBroker.builder()
                .temporaryDirectory()
                .topic("t", 1)
                .build()
                .start()) {
            live(broker);
            broker.reset();
            live(broker);
        }
        assertThat(TemporaryDirectories.now()).isEqualTo(before);
    }

    /** What is neither mapped nor open can be deleted on Windows too. */
    @Test
    void noFileIsMappedOrOpenWhenCloseReturns() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .topic("t", 1)
                .build()
                .start()) {
            live(broker);
        }
        Path maps = Path.of("/proc/self/maps");
        if (Files.exists(maps)) {
            assertThat(Files.readString(maps)).doesNotContain(directory.toString());
            try (var open = Files.list(Path.of("/proc/self/fd"))) {
                assertThat(open.map(Pain07TemporaryFilesTest::target)
                                .filter(target -> target.startsWith(directory.toString())))
                        .isEmpty();
            }
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return closedMeanwhile.getClass().getName();
        }
    }
}
