package dev.embeddedbroker.protocol.generator;

/** A range of versions as the schemas write it: {@code 3}, {@code 0-4}, {@code 9+} or {@code none}; both ends belong to it. */
record Versions(int low, int high) {
    static final int OPEN = Short.MAX_VALUE;
    static final Versions NONE = new Versions(0, -1);
    static final Versions ALL = new Versions(0, OPEN);

    static Versions parse(String text) {
        String trimmed = text.trim();
        try {
            if (trimmed.isEmpty() || trimmed.equals("none")) {
                return NONE;
            }
            if (trimmed.endsWith("+")) {
                return new Versions(Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), OPEN);
            }
            int dash = trimmed.indexOf('-');
            if (dash < 0) {
                int only = Integer.parseInt(trimmed);
                return new Versions(only, only);
            }
            return new Versions(
                    Integer.parseInt(trimmed.substring(0, dash)), Integer.parseInt(trimmed.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new SchemaException("version range is \"" + text + "\" (expected: N, N-M, N+ or none)", e);
        }
    }

    boolean isEmpty() {
        return low > high;
    }

    boolean contains(int version) {
        return version >= low && version <= high;
    }

    boolean contains(Versions other) {
        return other.isEmpty() || (low <= other.low && high >= other.high);
    }

    Versions and(Versions other) {
        Versions both = new Versions(Math.max(low, other.low), Math.min(high, other.high));
        return both.isEmpty() ? NONE : both;
    }

    /** What is left without {@code other}; it must not split this range in two. */
    Versions minus(Versions other) {
        Versions common = and(other);
        if (common.isEmpty()) {
            return this;
        }
        if (common.equals(this)) {
            return NONE;
        }
        if (common.low == low) {
            return new Versions(common.high + 1, high);
        }
        if (common.high == high) {
            return new Versions(low, common.low - 1);
        }
        throw new SchemaException(this + " without " + other + " is not one range");
    }

    @Override
    public String toString() {
        if (isEmpty()) {
            return "none";
        }
        if (high == OPEN) {
            return low + "+";
        }
        return low == high ? Integer.toString(low) : low + "-" + high;
    }
}
