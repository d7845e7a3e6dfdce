package dev.embeddedbroker.structure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shipped sources of this checkout, as text. */
final class SourceTree {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<String> MODULES =
            List.of("protocol/generator", "protocol/messages", "storage", "broker-core");
    private static final Pattern TYPE_JAVADOC = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@[\\w.]+(?:\\([^)]*\\))?\\s+(?://[^\\n]*\\n\\s*)?)*"
                    + "(?:/\\*(?:(?!\\*/).)*\\*/\\s*)?(?:public |final |abstract |sealed |non-sealed )*"
                    + "(?:class|interface|record|enum|@interface) ",
            Pattern.DOTALL);

    private SourceTree() {}

    /** Every shipped source file by its path below the checkout, sorted; package-info left out. */
    static TreeMap<Path, String> files() throws IOException {
        var found = new TreeMap<Path, String>();
        for (String module : MODULES) {
            Path main = ROOT.resolve(module).resolve("src/main/java");
            if (!Files.isDirectory(main)) {
                continue;
            }
            try (var paths = Files.walk(main)) {
                for (Path path : paths.filter(p -> p.toString().endsWith(".java"))
                        .filter(p -> !p.endsWith("package-info.java"))
                        .toList()) {
                    found.put(ROOT.relativize(path), Files.readString(path));
                }
            }
        }
        return found;
    }

    /** The first sentence of the Javadoc of the file's type, on one line and without tags, or nothing. */
    static String firstSentence(String source) {
        Matcher matcher = TYPE_JAVADOC.matcher(source);
        if (!matcher.find()) {
            return "";
        }
        String text = matcher.group(1)
                .replaceAll("(?m)^\\s*\\*", "")
                .replaceAll("\\{@(?:code|link|linkplain|literal)\\s+([^}]*)}", "$1")
                .replaceAll("<[^>]*>", " ")
                .replaceAll("\\s+", " ")
                .strip();
        Matcher end = Pattern.compile("(?<!e\\.g|i\\.e)\\.(?=\\s|$)").matcher(text);
        return end.find() ? text.substring(0, end.start()) : text;
    }
}
