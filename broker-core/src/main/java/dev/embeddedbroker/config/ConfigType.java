package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The type of a setting: how its text is read, written, and named on the wire (DescribeConfigs, KIP-569). */
public enum ConfigType {
    BOOLEAN(1) {
        @Override
        Boolean parse(String text) {
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            if (text.equalsIgnoreCase("false")) {
                return false;
            }
            throw new IllegalArgumentException("true or false");
        }
    },
    STRING(2) {
        @Override
        String parse(String text) {
            return text;
        }
    },
    INT(3) {
        @Override
        Integer parse(String text) {
            return Integer.parseInt(text);
        }
    },
    SHORT(4) {
        @Override
        Short parse(String text) {
            return Short.parseShort(text);
        }
    },
    LONG(5) {
        @Override
        Long parse(String text) {
            return Long.parseLong(text);
        }
    },
    DOUBLE(6) {
        @Override
        Double parse(String text) {
            return Double.parseDouble(text);
        }
    },
    LIST(7) {
        @Override
        List<String> parse(String text) {
            return splitList(text);
        }
    },
    CLASS(8) {
        @Override
        String parse(String text) {
            return text;
        }
    },
    PASSWORD(9) {
        @Override
        Password parse(String text) {
            return new Password(text);
        }
    };

    private final byte wireId;

    ConfigType(int wireId) {
        this.wireId = (byte) wireId;
    }

    /** The number DescribeConfigs gives to this type. */
    public byte wireId() {
        return wireId;
    }

    public boolean isSensitive() {
        return this == PASSWORD;
    }

    /** Reads text without surrounding white space; an IllegalArgumentException says what was expected. */
    abstract Object parse(String text);

    String expectation() {
        return switch (this) {
            case BOOLEAN -> "true or false";
            case INT -> "a whole number between -2147483648 and 2147483647";
            case SHORT -> "a whole number between -32768 and 32767";
            case LONG -> "a whole number of 64 bits";
            case DOUBLE -> "a decimal number";
            case LIST -> "words separated by commas";
            case STRING, CLASS, PASSWORD -> "text";
        };
    }

    static String format(Object value) {
        if (value instanceof List<?> list) {
            var words = new StringJoiner(",");
            list.forEach(word -> words.add((String) word));
            return words.toString();
        }
        return value instanceof Password password ? password.value() : value.toString();
    }

    /** Splits at commas; white space around a comma goes, empty words stay. */
    static List<String> splitList(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<String>();
        int from = 0;
        for (int comma; (comma = text.indexOf(',', from)) >= 0; from = comma + 1) {
            words.add(text.substring(from, comma).strip());
        }
        words.add(text.substring(from).strip());
        return List.copyOf(words);
    }
}
