package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** What becomes of a request that a rule strikes. Immutable. */
public final class Verdict {
    private static final Set<ApiKey> WITH_RECORDS = Set.copyOf(EnumSet.of(ApiKey.PRODUCE, ApiKey.FETCH));

    private final String text;
    private final Set<ApiKey> kinds;
    private final Effect effect;

    private Verdict(String text, Effect effect) {
        this(text, EnumSet.allOf(ApiKey.class), effect);
    }

    private Verdict(String text, Set<ApiKey> kinds, Effect effect) {
        this.text = text;
        this.kinds = kinds;
        this.effect = effect;
    }

    /**
     * It is answered with an error, and not served.
     *
     * <p>The error stands where Kafka has it: at each partition, topic or group, else at the top of the answer. If the rule
     * asks for a topic, a partition, a group or a transactional id, only those get the error, and the rest of the request is
     * served. Of AddPartitionsToTxn nothing is served then, and the others get OPERATION_NOT_ATTEMPTED, as in Kafka. A Produce
     * with {@code acks=0} gets no answer; its connection is closed, as Kafka does. A Fetch does not wait for records then.
     */
    public static Verdict answer(ErrorCode error) {
        if (error == ErrorCode.NONE) {
            throw new IllegalArgumentException("error is NONE (expected: an error)");
        }
        return new Verdict("answer " + error, new AnswerError(error));
    }

    /**
     * It is served so much later by the machine's clock; where a test moves the broker's time, an advance lets it pass too.
     * Requests behind it on its connection wait, others do not.
     */
    public static Verdict delay(Duration time) {
        return new Verdict("delay " + time, Effects.delay(milliseconds(time)));
    }

    /** It is served at once, and answered so much later, as for {@link #delay}. Requests behind it on its connection wait. */
    public static Verdict delayAnswer(Duration time) {
        return new Verdict("delay the answer " + time, Effects.delayAnswer(milliseconds(time)));
    }

    /**
     * It is lost before the broker has it: not served, never answered. As with a network that is cut, whatever the client
     * sends behind it on the same connection is lost too (TCP keeps the order, and so do Kafka's answers); the connection
     * stays open, until the client gives up after its {@code request.timeout.ms} and connects anew.
     */
    public static Verdict dropRequest() {
        return new Verdict("drop the request", Effects::dropRequest);
    }

    /**
     * It is served, and its answer is lost. What the client sends behind it on the same connection is served too, and those
     * answers are lost as well, for the reason given at {@link #dropRequest}.
     */
    public static Verdict dropAnswer() {
        return new Verdict("drop the answer", Effects::dropAnswer);
    }

    /** Its connection is closed before it is served. */
    public static Verdict disconnect() {
        return new Verdict("disconnect", Effects::disconnect);
    }

    /** It is served, and when the answer is due its connection is closed instead. */
    public static Verdict disconnectAfter() {
        return new Verdict("disconnect after serving it", Effects::disconnectAfter);
    }

    /**
     * It is served and answered at once; the answer says that the client is throttled for that time, and for that time, by
     * the machine's clock, its connection is not read (KIP-219), as if a quota was exceeded.
     */
    public static Verdict throttle(Duration time) {
        return new Verdict("throttle " + time, Effects.throttle(milliseconds(time)));
    }

    /**
     * A bit of the first batch of records of each partition is flipped, of a Fetch in the answer, so that the client's check of
     * the CRC fails; of a Produce on arrival, so that the broker's does and it answers CORRUPT_MESSAGE. Nothing is damaged on
     * disk. Only Fetch answers that have records of the partitions in question count as struck.
     */
    public static Verdict corrupt() {
        return new Verdict("corrupt", WITH_RECORDS, new CorruptRecords());
    }

    /**
     * It is held, and with it what is behind it on its connection, until {@link FaultRule#release}; then it is served, even
     * if its client is gone meanwhile, as a request is that was long on its way.
     */
    public static Verdict stall() {
        return new Verdict("stall", Effects::stall);
    }

    /**
     * It is served twice, one after the other, and answered what the second time came to, as if the network had delivered it
     * twice.
     */
    public static Verdict duplicate() {
        return new Verdict("serve it twice", Effects::duplicate);
    }

    private static long milliseconds(Duration time) {
        if (time.isNegative() || time.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("time is " + time + " (expected: 0 to " + Integer.MAX_VALUE + " ms)");
        }
        return time.toMillis();
    }

    void check(Set<ApiKey> wanted) {
        if (!kinds.containsAll(wanted)) {
            throw new IllegalArgumentException(
                    "verdict \"" + text + "\" is for " + wanted + " (expected: of " + kinds + ")");
        }
    }

    Effect effect() {
        return effect;
    }

    @Override
    public String toString() {
        return text;
    }
}
