package dev.embeddedbroker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.QuotaEntity;
import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.time.ManualClock;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Quotas under a clock that the test moves. */
class ClientQuotasTest {
    private static final String ME = "User:ANONYMOUS";
    private static final QuotaEntity CLIENT = new QuotaEntity(Map.of(QuotaEntity.CLIENT_ID, "c"));

    private final ManualClock clock = new ManualClock(0);
    private final ClientQuotas quotas = quotas();
    private ClusterImage image = ClusterImage.empty("cluster");

    private static ClientQuotas quotas() {
        var window = QuotaWindow.of(11, 1);
        return new ClientQuotas(new StoredQuotas(), window, window);
    }

    private void set(QuotaKind kind, double value) {
        set(Map.of(CLIENT, Map.of(kind.setting(), value)));
    }

    private void set(Map<QuotaEntity, Map<String, Double>> all) {
        var next = TestImages.withQuotas(image, all);
        quotas.onImage(TestImages.delta(image, next, Set.of()), next, () -> {});
        image = next;
    }

    private long nowMs() {
        return ClientQuotas.milliseconds(clock.nanos());
    }

    @Test
    void withoutQuotasNothingIsMeasured() {
        assertThat(quotas.isOn()).isFalse();
        assertThat(quotas.produced(ME, "c", Long.MAX_VALUE, nowMs())).isZero();
        assertThat(quotas.mostToFetch(ME, "c")).isEqualTo(Long.MAX_VALUE);
        assertThat(quotas.mutations(ME, "c", true, nowMs())).isNull();
        set(QuotaKind.FETCH, 10);
        assertThat(quotas.isOn()).isTrue();
        assertThat(quotas.produced(ME, "c", Long.MAX_VALUE, nowMs())).isZero();
        set(Map.of());
        assertThat(quotas.isOn()).isFalse();
    }

    @Test
    void bytesOverTheRateCostTheirTime() {
        set(QuotaKind.PRODUCE, 100);
        int waitMs = quotas.produced(ME, "c", 2_000, nowMs());
        assertThat(waitMs).isEqualTo(10_000); // 2000 bytes in the 10 s of whole samples, where 1000 may be
        clock.advanceMs(11_000); // the window
        assertThat(quotas.produced(ME, "c", 1_000, nowMs())).isZero();
        assertThat(quotas.produced(ME, "c", 1, nowMs())).isEqualTo(10);
    }

    @Test
    void whatIsNotFetchedDoesNotCount() {
        set(QuotaKind.FETCH, 100);
        assertThat(quotas.mostToFetch(ME, "c")).isEqualTo(1_000);
        assertThat(quotas.fetched(ME, "c", 5_000, nowMs())).isPositive();
        quotas.notFetched(ME, "c", 5_000, nowMs());
        assertThat(quotas.fetched(ME, "c", 1_000, nowMs())).isZero();
    }

    @Test
    void timeIsPercentOfAThreadAndWaitsAreOneSampleAtMost() {
        set(QuotaKind.REQUEST, 10); // of 10 s of whole samples, that is one
        assertThat(quotas.worked(ME, "c", 1_000_000_000L, nowMs())).isZero();
        assertThat(quotas.worked(ME, "c", 50_000_000L, nowMs())).isEqualTo(500);
        assertThat(quotas.worked(ME, "c", 60_000_000_000L, nowMs())).isEqualTo(1_000);
    }

    @Test
    void aStrictClientIsRefusedOnceItOwes() {
        set(QuotaKind.CONTROLLER_MUTATION, 1);
        var permits = quotas.mutations(ME, "c", true, nowMs());
        assertThat(permits).isNotNull();
        assertThat(permits.take(15, clock.now())).isTrue(); // of 11, since none was owed
        assertThat(permits.throttleMs(nowMs())).isZero();
        assertThat(permits.take(1, clock.now())).isFalse();
        assertThat(permits.throttleMs(nowMs())).isEqualTo(4_000);
        clock.advanceMs(1_000);
        assertThat(permits.throttleMs(nowMs())).isEqualTo(3_000);
        clock.advanceMs(3_000);
        assertThat(permits.throttleMs(nowMs())).isZero();
        var later = quotas.mutations(ME, "c", true, nowMs());
        assertThat(later).isNotNull();
        assertThat(later.take(1, clock.now())).isTrue();
    }

    @Test
    void anOldClientIsServedAndWaits() {
        set(QuotaKind.CONTROLLER_MUTATION, 1);
        var permits = quotas.mutations(ME, "c", false, nowMs());
        assertThat(permits).isNotNull();
        assertThat(permits.take(15, clock.now())).isTrue();
        assertThat(permits.throttleMs(nowMs())).isEqualTo(4_000);
        assertThat(permits.take(1, clock.now())).isTrue();
        assertThat(permits.throttleMs(nowMs())).isEqualTo(5_000);
    }

    @Test
    void anAddressMayComeSoOften() throws Exception {
        var rates = new ConnectionRates(QuotaWindow.of(2, 1));
        var others = new HashMap<String, String>();
        others.put(QuotaEntity.IP, null);
        var one = new QuotaEntity(Map.of(QuotaEntity.IP, "10.0.0.1"));
        var next = TestImages.withQuotas(
                image,
                Map.of(
                        one,
                        Map.of("connection_creation_rate", 3.0),
                        new QuotaEntity(others),
                        Map.of("connection_creation_rate", 1.0)));
        rates.onImage(TestImages.delta(image, next, Set.of()), next, () -> {});
        var first = InetAddress.getByName("10.0.0.1");
        var second = InetAddress.getByName("10.0.0.2");
        for (int i = 0; i < 3; i++) {
            assertThat(rates.excessMs(first, nowMs())).isZero();
        }
        assertThat(rates.excessMs(first, nowMs())).isPositive().isLessThanOrEqualTo(1_000);
        assertThat(rates.excessMs(second, nowMs())).isZero();
        assertThat(rates.excessMs(second, nowMs())).isPositive();
        clock.advanceMs(2_000);
        assertThat(rates.excessMs(second, nowMs())).isZero();
        var none = TestImages.withQuotas(next, Map.of());
        rates.onImage(TestImages.delta(next, none, Set.of()), none, () -> {});
        for (int i = 0; i < 100; i++) {
            assertThat(rates.excessMs(second, nowMs())).isZero();
        }
    }
}
