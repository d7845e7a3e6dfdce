package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** librdkafka, as Debian's kcat has it. Skipped where kcat is not installed. */
class KcatTest {
    @TempDir
    Path directory;

    @BeforeEach
    void kcatIsHere() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                        .anyMatch(folder -> Path.of(folder, "kcat").toFile().canExecute()),
                "kcat is not installed");
    }

    @Test
    void producesAndConsumesInEveryCodecAndGoesOnAfterARestart() throws Exception {
        try (var broker = broker()) {
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                var produced = kcat(
                        "k:" + codec + "\n", broker, "-P", "-t", "letters", "-K:", "-z", codec, "-H", "h=" + codec);
                assertThat(produced.exitCode()).as(produced.output()).isZero();
            }
            var read = kcat("", broker, "-C", "-t", "letters", "-o", "beginning", "-e", "-q", "-f", "%o %k %s %h\\n");
            assertThat(read.output().lines())
                    .containsExactly(
                            "0 k none h=none",
                            "1 k gzip h=gzip",
                            "2 k snappy h=snappy",
                            "3 k lz4 h=lz4",
                            "4 k zstd h=zstd");
            assertThat(group(broker)).containsExactly("none", "gzip", "snappy", "lz4", "zstd");
        }
        try (var broker = broker()) {
            kcat("k:again\n", broker, "-P", "-t", "letters", "-K:");
            assertThat(group(broker)).containsExactly("again");
            assertThat(kcat("", broker, "-L").output()).contains("topic \"letters\" with 1 partitions");
            assertThat(kcat("", broker, "-Q", "-t", "letters:0:-1").output()).contains("letters [0] offset 6");
        }
    }

    private EmbeddedBroker broker() {
        return EmbeddedBroker.builder().dataDirectory(directory).build().start();
    }

    /** Reads to the end as a member of a group, which commits when it leaves. */
    private static List<String> group(EmbeddedBroker broker) throws Exception {
        var result = kcat(
                "",
                broker,
                "-G",
                "letter-readers",
                "-q",
                "-e",
                "-X",
                "auto.offset.reset=earliest",
                "-f",
                "%s\\n",
                "letters");
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output().lines().filter(line -> !line.startsWith("%")).toList();
    }

    private static Command.Result kcat(String input, EmbeddedBroker broker, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("kcat", "-b", broker.bootstrapServers()));
        command.addAll(List.of(arguments));
        return Command.run(input, command);
    }
}
