package dev.embeddedbroker.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/** A condition a parsed value has to meet, with words for it. */
interface Check {
    boolean accepts(Object value);

    /** What {@link #accepts} wants, to stand behind "expected:". */
    String expected();

    /** The value as it is kept, before it is checked. */
    default Object tidied(Object value) {
        return value;
    }

    /** Anything. */
    Check NONE = new Check() {
        @Override
        public boolean accepts(Object value) {
            return true;
        }

        @Override
        public String expected() {
            return "anything";
        }
    };

    /** A whole number between two bounds, both inclusive. */
    record Between(long min, long max) implements Check {
        @Override
        public boolean accepts(Object value) {
            long number = ((Number) value).longValue();
            return number >= min && number <= max;
        }

        @Override
        public String expected() {
            return max == Long.MAX_VALUE ? ">= " + min : min + " to " + max;
        }
    }

    /** A decimal number between two bounds, both inclusive. NaN passes, as it does in Kafka. */
    record Within(double min, double max) implements Check {
        @Override
        public boolean accepts(Object value) {
            double number = (Double) value;
            return !(number < min) && !(number > max);
        }

        @Override
        public String expected() {
            return min + " to " + max;
        }
    }

    /** One of a few words. */
    record OneOf(List<String> words, boolean ignoreCase) implements Check {
        @Override
        public boolean accepts(Object value) {
            String word = (String) value;
            return words.contains(ignoreCase ? word.toUpperCase(Locale.ROOT) : word);
        }

        @Override
        public String expected() {
            return "one of " + String.join(", ", words) + (ignoreCase ? " in any case" : "");
        }
    }

    /** At least one character. */
    enum NotEmpty implements Check {
        INSTANCE;

        @Override
        public boolean accepts(Object value) {
            return !((String) value).isEmpty();
        }

        @Override
        public String expected() {
            return "at least one character";
        }
    }

    /**
     * A list of words, of known ones only where any are named. Empty words are refused; a word that comes again is dropped
     * (KIP-1161).
     */
    record WordList(List<String> words, boolean mayBeEmpty) implements Check {
        @Override
        public Object tidied(Object value) {
            var list = (List<?>) value;
            return list.size() < 2 ? list : List.copyOf(new LinkedHashSet<>(list));
        }

        @Override
        public boolean accepts(Object value) {
            for (Object word : (List<?>) value) {
                String text = (String) word;
                if (text.isEmpty() || (!words.isEmpty() && !words.contains(text))) {
                    return false;
                }
            }
            return mayBeEmpty || !((List<?>) value).isEmpty();
        }

        @Override
        public String expected() {
            String what = words.isEmpty() ? "non-empty words" : "words of " + String.join(", ", words);
            return "a list of " + what + (mayBeEmpty ? "" : ", at least one");
        }
    }
}
