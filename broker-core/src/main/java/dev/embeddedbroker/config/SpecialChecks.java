package dev.embeddedbroker.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/** Conditions that belong to single settings. */
enum SpecialChecks implements Check {
    GZIP_LEVEL("1 to 9, or -1") {
        @Override
        public boolean accepts(Object value) {
            int level = (Integer) value;
            return level == -1 || (level >= 1 && level <= 9);
        }
    },

    THROTTLED_REPLICAS("partition:broker,partition:broker,… or *") {
        @Override
        @SuppressWarnings("unchecked") // a LIST is of String
        public boolean accepts(Object value) {
            var replicas = (List<String>) value;
            if (String.join("", replicas).equals("*")) {
                return true;
            }
            for (String replica : replicas) {
                if (!replica.isEmpty() && !isTwoNumbers(replica)) { // Kafka lets empty words through here
                    return false;
                }
            }
            return true;
        }

        private static boolean isTwoNumbers(String text) {
            int colon = text.indexOf(':');
            return colon > 0 && areDigits(text.substring(0, colon)) && areDigits(text.substring(colon + 1));
        }
    },

    QUORUM_VOTERS("id@host:port,id@host:port,…") {
        @Override
        public boolean accepts(Object value) {
            for (Object voter : (List<?>) value) {
                String text = (String) voter;
                int at = text.indexOf('@');
                if (at <= 0 || !areDigits(text.substring(0, at)) || !HostAndPort.isValid(text.substring(at + 1))) {
                    return false;
                }
            }
            return true;
        }
    },

    BOOTSTRAP_SERVERS("host:port,host:port,…") {
        @Override
        public boolean accepts(Object value) {
            for (Object server : (List<?>) value) {
                if (!HostAndPort.isValid((String) server)) {
                    return false;
                }
            }
            return true;
        }
    },

    SHARE_AUTO_OFFSET_RESET("latest, earliest or by_duration:PnDTnHnMn.nS, not negative") {
        @Override
        public boolean accepts(Object value) {
            String text = (String) value;
            if (text.equals("latest") || text.equals("earliest")) {
                return true;
            }
            if (!text.startsWith("by_duration:")) {
                return false;
            }
            try {
                return !Duration.parse(text.substring("by_duration:".length())).isNegative();
            } catch (DateTimeParseException e) {
                return false;
            }
        }
    };

    private final String expected;

    SpecialChecks(String expected) {
        this.expected = expected;
    }

    @Override
    public String expected() {
        return expected;
    }

    private static boolean areDigits(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
