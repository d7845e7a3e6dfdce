package dev.embeddedbroker.structure;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/filemap.md is what the sources say of themselves. */
class FileMapTest {
    @Test
    void fileMapIsUpToDate() throws Exception {
        var map = new StringBuilder("""
                # File map

                Every shipped source file and the first sentence of its Javadoc. Generated: see docs/testing.md.
                """);
        Path folder = null;
        for (Map.Entry<Path, String> file : SourceTree.files().entrySet()) {
            if (!file.getKey().getParent().equals(folder)) {
                folder = file.getKey().getParent();
                map.append("\n## ")
                        .append(folder.toString().replace('\\', '/').replace("src/main/java/dev/embeddedbroker", "…"))
                        .append("\n\n| file | what it is |\n| --- | --- |\n");
            }
            map.append("| ")
                    .append(file.getKey().getFileName().toString().replace(".java", ""))
                    .append(" | ")
                    .append(SourceTree.firstSentence(file.getValue()).replace("|", "\\|"))
                    .append(" |\n");
        }
        GeneratedDoc.check("filemap.md", map.toString());
    }
}
