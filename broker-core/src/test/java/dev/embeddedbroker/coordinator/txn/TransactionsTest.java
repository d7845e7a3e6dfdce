package dev.embeddedbroker.coordinator.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.coordinator.txn.TxnCommand.TwoPhase;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Verified;
import dev.embeddedbroker.coordinator.txn.TxnCommand.VerifyPartitions;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionsTest {
    private final TxnLab lab = new TxnLab();

    private static ProducerIdentity as(ProducerIdentity who, int epoch) {
        return new ProducerIdentity(ErrorCode.NONE, who.producerId(), (short) epoch);
    }

    @Test
    void eachStartOfAProducerBumpsTheEpoch() {
        var first = lab.init("a");
        assertThat(first).isEqualTo(new ProducerIdentity(ErrorCode.NONE, 100, (short) 0));
        assertThat(lab.init("a")).isEqualTo(as(first, 1));
        assertThat(lab.init("b").producerId()).isEqualTo(101);
    }

    @Test
    void timeoutsOutOfRangeAreRefused() {
        for (int timeoutMs : new int[] {0, -1, 900_001}) {
            var asked = lab.ask(
                    ticket -> new TxnCommand.InitProducerId(ticket, "a", timeoutMs, -1, (short) -1, 7, TwoPhase.NO));
            assertThat(asked.identity().error()).isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        }
    }

    @Test
    void versionTwoEndsWithABumpedEpochAndKnowsRepetitions() {
        var who = lab.init("a");
        assertThat(lab.add("a", who, 2, TxnLab.P0, TxnLab.P1)).isEqualTo(ErrorCode.NONE);
        assertThat(lab.end("a", who, true, 2).identity()).isEqualTo(as(who, 1));
        assertThat(lab.end("a", who, true, 2).identity()).isEqualTo(as(who, 1));
        assertThat(lab.end("a", who, false, 2).identity().error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(lab.end("a", as(who, 1), true, 2).identity().error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(lab.end("a", as(who, 1), false, 2).identity()).isEqualTo(as(who, 2));
        assertThat(lab.written.get(0).marker().epoch()).isEqualTo((short) 1);
        assertThat(lab.written.get(0).partitions()).containsExactlyInAnyOrder(TxnLab.P0, TxnLab.P1);
        lab.restart();
        assertThat(lab.end("a", as(who, 1), false, 2).identity()).isEqualTo(as(who, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void olderVersionsKeepTheEpoch(int version) {
        lab.level = (short) version;
        lab.crash();
        var who = lab.init("a");
        lab.add("a", who, 0, TxnLab.P0);
        assertThat(lab.end("a", who, true, 0).identity()).isEqualTo(who);
        assertThat(lab.end("a", who, true, 0).identity()).isEqualTo(who);
        assertThat(lab.end("a", who, false, 0).identity().error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(lab.end("a", as(who, 1), true, 0).identity().error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(lab.log.get(0).value().getShort(0)).isEqualTo((short) version);
        lab.restart();
    }

    @Test
    void newProducerAbortsTheTransactionOfTheOldOneAndIsAnsweredAtOnce() {
        var old = lab.init("a");
        lab.add("a", old, 2, TxnLab.P0);
        var heir = lab.init("a");
        assertThat(heir.error()).isEqualTo(ErrorCode.NONE);
        assertThat(heir.epoch()).isGreaterThan((short) (old.epoch() + 1));
        assertThat(lab.written).singleElement().satisfies(write -> {
            assertThat(write.marker().commit()).isFalse();
            assertThat(write.marker().coordinatorEpoch()).isEqualTo(TxnLab.COORDINATOR_EPOCH);
            assertThat(write.marker().epoch()).isGreaterThan(old.epoch());
        });
        assertThat(lab.add("a", old, 2, TxnLab.P0)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(lab.end("a", old, true, 2).identity().error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void producerThatNamesItsEpochGoesOnAndAZombieIsFenced() {
        var who = lab.init("a");
        var next = lab.init("a", who.producerId(), who.epoch()).identity();
        assertThat(next).isEqualTo(as(who, 1));
        assertThat(lab.init("a", who.producerId(), who.epoch()).identity()).isEqualTo(next); // a lost answer
        assertThat(lab.init("a")).isEqualTo(as(who, 2));
        assertThat(lab.init("a", who.producerId(), 1).identity().error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(lab.init("a", 4, 0).identity().error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void producerIdIsReplacedWhenItsEpochsAreUsedUp() {
        var who = lab.init("a");
        for (int epoch = 0; epoch < Short.MAX_VALUE - 1; epoch++) {
            who = lab.end("a", who, false, 2).identity();
        }
        assertThat(who.epoch()).isEqualTo((short) (Short.MAX_VALUE - 1));
        lab.add("a", who, 2, TxnLab.P0);
        var fresh = lab.end("a", who, true, 2).identity();
        assertThat(fresh).isEqualTo(new ProducerIdentity(ErrorCode.NONE, 101, (short) 0));
        assertThat(lab.end("a", who, true, 2).identity()).isEqualTo(fresh); // a lost answer
        assertThat(lab.written.get(lab.written.size() - 1).marker().epoch()).isEqualTo(Short.MAX_VALUE);
        lab.restart();
    }

    @Test
    void whoeverAsksWhileMarkersAreWrittenWaits() {
        var who = lab.init("a");
        lab.add("a", who, 2, TxnLab.P0);
        lab.markers = write -> {
            var heir = lab.ask(
                    ticket -> new TxnCommand.InitProducerId(ticket, "a", 60_000, -1, (short) -1, -1, TwoPhase.NO));
            assertThat(heir.answer()).isNull();
            return true;
        };
        assertThat(lab.end("a", who, true, 2).identity()).isEqualTo(as(who, 1));
        assertThat(lab.txn("a").epoch()).isEqualTo((short) 2);
    }

    @Test
    void markersThatCannotBeWrittenAreTriedAgain() {
        var who = lab.init("a");
        lab.add("a", who, 2, TxnLab.P0);
        lab.markers = write -> false;
        assertThat(lab.end("a", who, true, 2).identity()).isEqualTo(as(who, 1));
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.PREPARE_COMMIT);
        assertThat(lab.add("a", as(who, 1), 2, TxnLab.P0)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        lab.markers = write -> true;
        lab.advance(100);
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.COMPLETE_COMMIT);
        assertThat(lab.add("a", as(who, 1), 2, TxnLab.P0)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void decidedTransactionIsCompletedAfterARestartAndAnOpenOneGoesOn() {
        var decided = lab.init("a");
        lab.add("a", decided, 2, TxnLab.P0);
        lab.markers = write -> false;
        lab.end("a", decided, true, 2);
        var open = lab.init("b");
        lab.add("b", open, 2, TxnLab.P1);
        lab.markers = write -> write.isRepeated();
        lab.crash();
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.COMPLETE_COMMIT);
        assertThat(lab.txn("b").state()).isEqualTo(TxnState.ONGOING);
        lab.markers = write -> true;
        assertThat(lab.end("b", open, true, 2).identity()).isEqualTo(as(open, 1));
    }

    @Test
    void transactionThatIsOpenTooLongIsAbortedAndItsProducerFenced() {
        var who = lab.init("a");
        lab.add("a", who, 2, TxnLab.P0);
        lab.advance(60_000);
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.ONGOING);
        lab.advance(10_000);
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.COMPLETE_ABORT);
        assertThat(lab.add("a", who, 2, TxnLab.P0)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        // to the coordinator it is as if the producer had aborted, and asked for the contrary now
        assertThat(lab.end("a", who, true, 2).identity().error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    /** As if epochs had been used up: as many ends of transactions that never began. */
    private ProducerIdentity worn(String id, int epoch) {
        var who = lab.init(id);
        while (who.epoch() < epoch) {
            who = lab.end(id, who, false, 2).identity();
        }
        return who;
    }

    @Test
    void abortOnTimeoutOfAProducersLastEpochGoesOnWithANewProducerId() {
        var who = worn("a", Short.MAX_VALUE - 1);
        lab.add("a", who, 2, TxnLab.P0);
        lab.advance(70_000);
        assertThat(lab.txn("a").state()).isEqualTo(TxnState.COMPLETE_ABORT);
        assertThat(lab.txn("a").producerId()).isEqualTo(who.producerId() + 1);
        assertThat(lab.txn("a").epoch()).isEqualTo((short) 0);
        assertThat(lab.written.get(lab.written.size() - 1).marker().epoch()).isEqualTo(Short.MAX_VALUE);
        lab.restart();
    }

    @Test
    void heirOfAProducersLastEpochGetsANewProducerId() {
        var who = worn("a", Short.MAX_VALUE - 1);
        lab.add("a", who, 2, TxnLab.P0);
        var heir = lab.init("a");
        assertThat(heir).isEqualTo(new ProducerIdentity(ErrorCode.NONE, who.producerId() + 1, (short) 1));
        assertThat(lab.end("a", who, true, 2).identity().error()).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void fencingBumpsTheEpochOnceFromVersionTwoOn() {
        var who = lab.init("a");
        lab.add("a", who, 2, TxnLab.P0);
        lab.advance(70_000);
        assertThat(lab.txn("a").epoch()).isEqualTo((short) 1);
        // so that the producer may recover, being the one of the epoch before (KIP-360)
        assertThat(lab.init("a", who.producerId(), who.epoch()).identity()).isEqualTo(as(who, 1));
    }

    private TxnLab.Asked initTwoPhase(TwoPhase twoPhase) {
        return lab.ask(ticket -> new TxnCommand.InitProducerId(ticket, "2pc", 86_400_000, -1, (short) -1, 7, twoPhase));
    }

    @Test
    void transactionDecidedOutsideStaysOpenAsLongAsItTakes() {
        assertThat(initTwoPhase(new TwoPhase(true, false)).identity().error())
                .isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        lab.settings = new TxnSettings(900_000, 10_000, 604_800_000, 3_600_000, true);
        lab.crash();
        assertThat(initTwoPhase(new TwoPhase(true, true)).identity().error()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(initTwoPhase(TwoPhase.NO).identity().error()).isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        var who = initTwoPhase(new TwoPhase(true, false)).identity();
        assertThat(lab.txn("2pc").timeoutMs()).isEqualTo(Integer.MAX_VALUE);
        lab.add("2pc", who, 2, TxnLab.P0);
        lab.advance(Integer.MAX_VALUE);
        lab.advance(Integer.MAX_VALUE);
        assertThat(lab.txn("2pc").state()).isEqualTo(TxnState.ONGOING);
        lab.restart();
        assertThat(lab.end("2pc", who, true, 2).identity()).isEqualTo(as(who, 1));
    }

    @Test
    void idNobodyUsesIsForgottenWithATombstone() {
        lab.init("a");
        lab.advance(lab.settings.idExpirationMs());
        assertThat(lab.txn("a")).isNull();
        assertThat(lab.log.get(lab.log.size() - 1).value()).isNull();
        lab.restart();
    }

    @Test
    void partitionsAreVerified() {
        var who = lab.init("a");
        lab.add("a", who, 0, TxnLab.P0);
        var verified = (Verified) lab.ask(ticket ->
                        new VerifyPartitions(ticket, "a", who.producerId(), who.epoch(), Set.of(TxnLab.P0, TxnLab.P1)))
                .answer();
        assertThat(verified).isEqualTo(new Verified(ErrorCode.NONE, Set.of(TxnLab.P1)));
        var unknown = (Verified) lab.ask(ticket -> new VerifyPartitions(ticket, "x", 1, (short) 0, Set.of(TxnLab.P0)))
                .answer();
        assertThat(unknown.error()).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }
}
