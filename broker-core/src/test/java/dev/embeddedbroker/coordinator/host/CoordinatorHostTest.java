package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.time.Moment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The host, with a machine that keeps words. */
class CoordinatorHostTest {

    sealed interface Ask {
        record Keep(Ticket ticket, List<String> words) implements Ask {}

        record Park(Ticket ticket) implements Ask {}

        record AnswerParked(Ticket ticket, Object answer) implements Ask {}

        record Count(Ticket ticket) implements Ask {}

        record KeepSilently(List<String> words) implements Ask {}

        record Later(Ticket ticket, long delayMs, String word) implements Ask {}

        record Stumble(Ticket ticket) implements Ask {}

        record NotKept(short error) implements Ask {}
    }

    /** An event is a word; one in brackets is passing. */
    private static final class Words implements Machine<Ask, String> {
        private final List<String> words = new ArrayList<>();
        private final List<Short> failures;

        Words(List<Short> failures) {
            this.failures = failures;
        }

        @Override
        public Outcome<Ask, String> decide(Ask ask, Moment now) {
            var out = new Outcome.Builder<Ask, String>();
            if (ask instanceof Ask.Keep keep) {
                keep.words().forEach(out::event);
                out.reply(keep.ticket(), words.size() + keep.words().size());
            } else if (ask instanceof Ask.AnswerParked answer) {
                out.reply(answer.ticket(), answer.answer());
            } else if (ask instanceof Ask.Count count) {
                out.reply(count.ticket(), words.size());
            } else if (ask instanceof Ask.KeepSilently keep) {
                keep.words().forEach(out::event);
            } else if (ask instanceof Ask.Later later) {
                out.arm("later", later.delayMs(), new Ask.KeepSilently(List.of(later.word())));
                out.reply(later.ticket(), "armed");
            } else if (ask instanceof Ask.Stumble) {
                throw new IllegalStateException("stumbled");
            } else if (ask instanceof Ask.NotKept failure) {
                failures.add(failure.error());
            }
            return out.build();
        }

        @Override
        public void apply(String word) {
            words.add(word);
        }

        @Override
        public List<TimerOp<Ask>> rearm(Moment now) {
            return List.of();
        }

        @Override
        public Ask notWritten(Ask command, short errorCode) {
            return command instanceof Ask.Keep ? new Ask.NotKept(errorCode) : null;
        }
    }

    private static final class WordCodec implements EventCodec<String> {
        @Override
        public RecordBytes encode(String word) {
            return word.startsWith("(") ? null : new RecordBytes(bytes(word), bytes("!"));
        }

        private static ByteBuffer bytes(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String decode(ByteBuffer key, ByteBuffer value) {
            return StandardCharsets.UTF_8.decode(key).toString();
        }
    }

    private final ManualLoop loop = new ManualLoop();
    private final MemoryLog log = new MemoryLog(loop);
    private final List<Short> failures = new ArrayList<>();
    private final List<Object> answers = new ArrayList<>();
    private CoordinatorHost<Ask, String> host = started();
    private Ticket lastTicket;

    private CoordinatorHost<Ask, String> started() {
        var fresh = new CoordinatorHost<Ask, String>(
                log, () -> new Words(failures), new WordCodec(), (Effect effect) -> {});
        fresh.start();
        return fresh;
    }

    private void ask(Function<Ticket, Ask> ask) {
        host.ask(
                ticket -> {
                    lastTicket = ticket;
                    return ask.apply(ticket);
                },
                answers::add,
                answers::add);
    }

    private void keep(String... words) {
        ask(ticket -> new Ask.Keep(ticket, List.of(words)));
    }

    private List<String> words() {
        return ((Words) host.machine()).words;
    }

    @Test
    void keptEventsOfOneCommandAreOneBatchAndPassingOnesAreNotKept() {
        keep("a", "(soft)", "b");
        assertThat(answers).containsExactly(3);
        assertThat(log.batchCount()).isEqualTo(1);
        assertThat(log.endOffset()).isEqualTo(2);
        assertThat(words()).containsExactly("a", "(soft)", "b");
        host = started();
        assertThat(words()).containsExactly("a", "b");
    }

    @Test
    void repliesWaitForTheHighWatermarkEvenWhenTheyWroteNothing() {
        log.commitsAtOnce = false;
        keep("a");
        ask(Ask.Count::new);
        assertThat(answers).isEmpty();
        assertThat(words()).containsExactly("a");
        log.commit();
        assertThat(answers).containsExactly(1, 1);
    }

    @Test
    void uncommittedAnswersAreRefusedWhenLeadershipIsLost() {
        log.commitsAtOnce = false;
        keep("a");
        log.loseLeadership();
        host.stop(ErrorCode.NOT_COORDINATOR);
        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        ask(Ask.Count::new);
        assertThat(answers).last().isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void parkedAskersAreAnsweredOnceByTheMachineOrByTheEnd() {
        ask(Ask.Park::new);
        var first = lastTicket;
        ask(Ask.Park::new);
        host.tell(new Ask.AnswerParked(first, "now"));
        assertThat(answers).containsExactly("now");
        assertThat(host.waiting()).isEqualTo(1);
        host.stop(ErrorCode.NOT_COORDINATOR);
        assertThat(answers).containsExactly("now", ErrorCode.NOT_COORDINATOR);
        assertThat(host.waiting()).isZero();
        host.tell(new Ask.AnswerParked(first, "too late"));
        assertThat(answers).hasSize(2);
    }

    @Test
    void whatCannotBeWrittenDoesNotHappen() {
        log.appendsUntilFailure = 0;
        keep("a");
        assertThat(answers).containsExactly(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(words()).isEmpty();
        assertThat(failures).containsExactly(ErrorCode.KAFKA_STORAGE_ERROR.id());
        log.appendsUntilFailure = Integer.MAX_VALUE;
        keep("b");
        assertThat(words()).containsExactly("b");
    }

    @Test
    void timerWhoseCommandCannotBeWrittenIsTriedAgain() {
        ask(ticket -> new Ask.Later(ticket, 1_000, "late"));
        log.appendsUntilFailure = 0;
        loop.advanceMs(1_000);
        assertThat(words()).isEmpty();
        log.appendsUntilFailure = Integer.MAX_VALUE;
        loop.advanceMs(499);
        assertThat(words()).isEmpty();
        loop.advanceMs(1);
        assertThat(words()).containsExactly("late");
    }

    @Test
    void timerArmedAgainForLaterFiresOnceAndLater() {
        for (int i = 0; i < 10; i++) {
            ask(ticket -> new Ask.Later(ticket, 1_000, "late"));
            loop.advanceMs(400);
        }
        assertThat(words()).isEmpty();
        assertThat(loop.armedTimers()).isEqualTo(1);
        loop.advanceMs(599);
        assertThat(words()).isEmpty();
        loop.advanceMs(1);
        assertThat(words()).containsExactly("late");
        loop.advanceMs(10_000);
        assertThat(words()).hasSize(1);
    }

    @Test
    void timerArmedAgainForSoonerFiresSooner() {
        ask(ticket -> new Ask.Later(ticket, 10_000, "slow"));
        ask(ticket -> new Ask.Later(ticket, 1_000, "fast"));
        loop.advanceMs(1_000);
        assertThat(words()).containsExactly("fast");
        loop.advanceMs(20_000);
        assertThat(words()).hasSize(1);
    }

    @Test
    void stoppedHostHasNoTimers() {
        ask(ticket -> new Ask.Later(ticket, 1_000, "late"));
        host.stop(ErrorCode.NOT_COORDINATOR);
        assertThat(loop.armedTimers()).isZero();
        loop.advanceMs(5_000);
        assertThat(log.batchCount()).isZero();
    }

    @Test
    void commandsThatAnswerNobodyMayTakeSeveralBatches() {
        log.maxBatchBytes = 200;
        host.tell(new Ask.KeepSilently(List.of("a", "b", "c", "d", "e", "f", "g", "h")));
        assertThat(log.batchCount()).isGreaterThan(1);
        assertThat(words()).hasSize(8);
        keep("a", "b", "c", "d", "e", "f", "g", "h");
        host = started();
        loop.runAll();
        assertThat(words()).hasSize(16);
    }

    @Test
    void outcomeThatWasWrittenInPartIsLoadedFromTheLog() {
        ask(Ask.Park::new);
        log.maxBatchBytes = 100;
        log.appendsUntilFailure = 1;
        host.tell(new Ask.KeepSilently(List.of("a", "b", "c", "d", "e", "f", "g", "h")));
        assertThat(answers).containsExactly(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(words()).isNotEmpty().hasSizeLessThan(8).startsWith("a");
        assertThat(host.isActive()).isTrue();
    }

    @Test
    void longLogIsLoadedInSeveralTurnsAndAskersAreToldSo() {
        for (String word : List.of("a", "b", "c")) {
            keep(word);
        }
        answers.clear();
        host = started();
        assertThat(host.isActive()).isFalse();
        ask(Ask.Count::new);
        assertThat(answers).containsExactly(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        loop.runAll();
        assertThat(host.isActive()).isTrue();
        ask(Ask.Count::new);
        assertThat(answers).last().isEqualTo(3);
    }

    @Test
    void whatIsToldWhileTheLogIsLoadedIsDecidedWhenItHasBeenLoaded() {
        for (String word : List.of("a", "b", "c")) {
            keep(word);
        }
        host = started();
        assertThat(host.isActive()).isFalse();
        host.tell(new Ask.KeepSilently(List.of("told")));
        host.tell(new Ask.KeepSilently(List.of("next")));
        loop.runAll();
        assertThat(words()).containsExactly("a", "b", "c", "told", "next");
    }

    @Test
    void logThatCannotBeReadStopsTheHostAndIsNoBug() {
        keep("a");
        log.cannotBeRead = true;
        host = started();
        loop.runAll();
        ask(Ask.Count::new);
        assertThat(answers).last().isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void bugInADecisionCostsOneAnswerAndIsReported() {
        keep("a");
        ask(Ask.Stumble::new);
        assertThat(answers).last().isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThatThrownBy(loop::runAll).hasMessage("stumbled");
        ask(Ask.Count::new);
        assertThat(answers).last().isEqualTo(1);
    }

    @Test
    void bugInWritingStopsTheHostLoudlyAndIsAnsweredOnce() {
        log.bug = new IllegalStateException("dropped the pen");
        keep("a");
        assertThat(answers).containsExactly(ErrorCode.NOT_COORDINATOR);
        assertThatThrownBy(loop::runAll).hasMessage("dropped the pen");
        ask(Ask.Count::new);
        assertThat(answers).containsExactly(ErrorCode.NOT_COORDINATOR, ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void askingFromWithinAnAnswerIsDoneAfterIt() {
        host.ask(
                ticket -> new Ask.Keep(ticket, List.of("a")),
                answer -> {
                    answers.add(answer);
                    keep("b");
                    answers.add("end of first answer");
                },
                answers::add);
        assertThat(answers).containsExactly(1, "end of first answer", 2);
    }
}
