package dev.embeddedbroker.protocol;

/** Bytes are not the message they should be. */
public final class MalformedMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int position;
    private final String found;
    private final String expected;
    private String fieldPath = "";
    private String message = "";

    /**
     * @param position bytes read before the ones at fault, from where the reader started
     * @param found what is there, for instance {@code 2 bytes}
     * @param expected what should be there, for instance {@code 4 bytes of int32}
     */
    public MalformedMessage(int position, String found, String expected) {
        this.position = position;
        this.found = found;
        this.expected = expected;
    }

    /** Bytes read before the ones at fault, from where the reader started. */
    public int position() {
        return position;
    }

    /** What should be there. */
    public String expected() {
        return expected;
    }

    /** The field at fault, for instance {@code topicData[3].partitionData[0].index}; empty outside any message. */
    public String fieldPath() {
        return fieldPath;
    }

    /**
     * Puts one step in front of the field path while the exception leaves a struct.
     *
     * @param names the struct's field names with commas between them
     * @param field which of them was being read, −1 for the tagged fields' frame
     * @param index the element that was being read, −1 when none was
     */
    MalformedMessage at(String names, int field, int index) {
        String step = field < 0 ? "taggedFields" : names.split(",", -1)[field];
        if (index >= 0) {
            step += "[" + index + "]";
        }
        boolean joined = fieldPath.isEmpty() || fieldPath.startsWith("[");
        fieldPath = joined ? step + fieldPath : step + "." + fieldPath;
        return this;
    }

    MalformedMessage atElement(int index) {
        fieldPath = "[" + index + "]" + fieldPath;
        return this;
    }

    MalformedMessage in(Struct root, short version) {
        message = root.getClass().getSimpleName() + " v" + version;
        return this;
    }

    @Override
    public String getMessage() {
        StringBuilder text = new StringBuilder(message);
        if (!fieldPath.isEmpty()) {
            text.append(text.isEmpty() ? "" : ", ").append(fieldPath);
        }
        text.append(text.isEmpty() ? "byte " : " at byte ").append(position);
        return text.append(" is ")
                .append(found)
                .append(" (expected: ")
                .append(expected)
                .append(')')
                .toString();
    }
}
