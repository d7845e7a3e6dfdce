package dev.embeddedbroker.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** A condition a parsed value has to meet, with words for it. */
interface Check {
    boolean accepts(Object value);

    /** What {@link #accepts} wants, to stand behind "expected:". */
    String expected();

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

    /** A list without doubles and empty words, of known words only where any are named (KIP-1161). */
    record WordList(List<String> words, boolean mayBeEmpty) implements Check {
        @Override
        public boolean accepts(Object value) {
            var list = (List<?>) value;
            if (list.isEmpty()) {
                return mayBeEmpty;
            }
            if (list.size() == 1) {
                return acceptsWord(list.get(0));
            }
            var seen = new HashSet<Object>();
            for (Object word : list) {
                if (!seen.add(word) || !acceptsWord(word)) {
                    return false;
                }
            }
            return true;
        }

        private boolean acceptsWord(Object word) {
            return !((String) word).isEmpty() && (words.isEmpty() || words.contains((String) word));
        }

        @Override
        public String expected() {
            String what = words.isEmpty() ? "non-empty words" : "words of " + String.join(", ", words);
            return "a list of different " + what + (mayBeEmpty ? "" : ", at least one");
        }
    }
}
