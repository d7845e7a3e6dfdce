package dev.embeddedbroker.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page under docs/ that is made from the code: compared with it, or rewritten with {@code -Ddocs.update=true}. */
public final class GeneratedDoc {
    private GeneratedDoc() {}

    public static void check(String name, String expected) throws IOException {
        Path page = SourceTree.ROOT.resolve("docs").resolve(name);
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, expected);
        }
        assertThat(page)
                .as("run the test again with -Ddocs.update=true")
                .content()
                .isEqualTo(expected);
    }
}
