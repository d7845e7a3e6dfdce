package dev.embeddedbroker.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every generated class shares: its unknown tagged fields, its refusals and its text.
 *
 * <p><b>Owner:</b> whoever made it; not thread-safe, and lists and arrays in it are the caller's own, never copies.
 */
public abstract class Struct {
    /** The default of every bytes field. */
    protected static final byte[] NO_BYTES = {};

    /** Tagged fields whose tags are not known here; null until there is one. */
    public @Nullable List<UnknownTaggedField> unknownTaggedFields;

    /** See {@link Message#read}. */
    public abstract void read(WireReader in, short version);

    /** See {@link Message#write}. */
    public abstract void write(WireWriter out, short version);

    protected final void checkVersion(short version, int lowest, int highest) {
        if (version < lowest || version > highest) {
            throw new IllegalArgumentException("version of " + getClass().getSimpleName() + " is " + version
                    + " (expected: " + lowest + " to " + highest + ")");
        }
    }

    protected final boolean hasNoUnknownTaggedFields() {
        return unknownTaggedFields == null || unknownTaggedFields.isEmpty();
    }

    protected final void checkNoTaggedFields(short version) {
        if (!hasNoUnknownTaggedFields()) {
            throw notInVersion("unknownTaggedFields", version);
        }
    }

    protected final IllegalArgumentException notInVersion(String field, short version) {
        return new IllegalArgumentException(getClass().getSimpleName() + "." + field + " is set, and version " + version
                + " cannot carry it (expected: its default)");
    }

    /** Puts the field that was being read in front of the exception's path; see {@link MalformedMessage#at}. */
    protected static MalformedMessage located(MalformedMessage e, String fieldNames, int field, int index) {
        return e.at(fieldNames, field, index);
    }

    /** As the other one, for the root of a message. */
    protected final MalformedMessage located(
            MalformedMessage e, String fieldNames, int field, int index, short version) {
        return e.at(fieldNames, field, index).in(this, version);
    }

    /** The fields and their values, cut off after some hundred characters. */
    @Override
    public final String toString() {
        return new StructText().add(this).toString();
    }
}
