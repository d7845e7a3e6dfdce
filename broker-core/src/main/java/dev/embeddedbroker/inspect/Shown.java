package dev.embeddedbroker.inspect;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes as a person reads them: text in quotes, anything else in hexadecimal, long ones cut. */
final class Shown {
    private static final int MAX_CHARS = 200;
    private static final int MAX_BYTES = 32;

    private Shown() {}

    static String bytes(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException binary) {
            return hex(bytes);
        }
        if (text.chars().anyMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c))) {
            return hex(bytes);
        }
        return text.length() <= MAX_CHARS
                ? '"' + text + '"'
                : '"' + text.substring(0, MAX_CHARS) + "…\" (" + bytes.length + " bytes)";
    }

    private static String hex(byte[] bytes) {
        var hex = HexFormat.of();
        return bytes.length <= MAX_BYTES
                ? "0x" + hex.formatHex(bytes)
                : "0x" + hex.formatHex(bytes, 0, MAX_BYTES) + "… (" + bytes.length + " bytes)";
    }
}
