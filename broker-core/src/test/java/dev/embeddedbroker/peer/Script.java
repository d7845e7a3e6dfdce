package dev.embeddedbroker.peer;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A list of calls, read from a {@code .calls} file: one to a line, or on several if the others are indented.
 *
 * <pre>
 * # a remark
 * ! CREATE_TOPICS 2-4 {topics: [{name: 'a-$v'}]}   a change: asked once, at versions 2 to 4 ($v stands for the version)
 * ? METADATA {topics: [{topicId: '$id:a'}]}        a question: asked at all versions, until both brokers know it
 * {@literal @} produce a 0 10                      something done with a stock client
 * </pre>
 *
 * A request has the fields of Kafka's schema; those left out have the schema's defaults. At versions that do not have a
 * field the call is not made.
 */
record Script(List<Step> steps) {
    private static final ObjectMapper LENIENT = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** One line. */
    sealed interface Step {
        String where();
    }

    /** A request at some versions. */
    record Call(String where, ApiKeys key, short min, short max, String request, boolean repeatable) implements Step {
        JsonNode at(short version) {
            try {
                return LENIENT.readTree(request.replace("$v", Short.toString(version)));
            } catch (IOException e) {
                throw new AssertionError(where, e);
            }
        }
    }

    /** Something done with a stock client. */
    record Deed(String where, List<String> words) implements Step {}

    static Script read(String file) {
        try (var in = Script.class.getResourceAsStream(file + ".calls")) {
            return parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }

    private static Script parse(String file, String text) {
        var steps = new ArrayList<Step>();
        var lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String where = file + ":" + (i + 1);
            var line = new StringBuilder(lines.get(i));
            while (i + 1 < lines.size() && lines.get(i + 1).startsWith("  ")) {
                line.append(lines.get(++i));
            }
            if (!line.toString().isBlank() && line.charAt(0) != '#') {
                steps.add(step(where, line.charAt(0), line.substring(1).trim()));
            }
        }
        return new Script(steps);
    }

    private static Step step(String where, char kind, String line) {
        if (kind == '@') {
            return new Deed(where, List.of(line.split(" +")));
        }
        if (kind != '!' && kind != '?') {
            throw new AssertionError(where + " begins with " + kind + " (expected: ! ? @ or #)");
        }
        int brace = line.indexOf('{');
        var head = line.substring(0, brace).trim().split(" +");
        var key = ApiKeys.valueOf(head[0]);
        short min = key.oldestVersion();
        short max = key.latestVersion(false);
        if (head.length > 1) {
            var range = head[1].split("-");
            min = Short.parseShort(range[0]);
            max = Short.parseShort(range[range.length - 1]);
        }
        return new Call(where, key, min, max, line.substring(brace), kind == '?');
    }
}
