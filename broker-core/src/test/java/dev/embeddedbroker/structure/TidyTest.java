package dev.embeddedbroker.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Habits of the house that a machine can check. */
class TidyTest {
    private static final int LINES_MAX = 600;
    private static final Pattern SWALLOWED = Pattern.compile("catch \\([^)]*\\) \\{\\s*}");

    @Test
    void noFileIsLongerThanSixHundredLines() throws Exception {
        assertThat(SourceTree.files().entrySet())
                .allSatisfy(file -> assertThat(file.getValue().lines().count())
                        .as(file.getKey().toString())
                        .isLessThanOrEqualTo(LINES_MAX));
    }

    @Test
    void everyTypeSaysWhatItIs() throws Exception {
        var silent = new ArrayList<Path>();
        for (Map.Entry<Path, String> file : SourceTree.files().entrySet()) {
            if (SourceTree.firstSentence(file.getValue()).isEmpty()) {
                silent.add(file.getKey());
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void noErrorIsCaughtAndDropped() throws Exception {
        assertThat(SourceTree.files().entrySet()).allSatisfy(file -> assertThat(
                        SWALLOWED.matcher(file.getValue()).find())
                .as("empty catch block in " + file.getKey())
                .isFalse());
    }
}
