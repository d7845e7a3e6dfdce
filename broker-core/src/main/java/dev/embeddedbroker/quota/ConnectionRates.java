package dev.embeddedbroker.quota;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.metadata.QuotaEntity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often each address may connect: {@code connection_creation_rate} (KIP-612).
 *
 * <p><b>Owner:</b> loop 0, which also accepts.
 */
public final class ConnectionRates implements ImageListener {

    private static final Logger log = LoggerFactory.getLogger(ConnectionRates.class);
    private static final String SETTING = "connection_creation_rate";
    private static final int MANY = 10_000;

    private final QuotaWindow window;
    private final Map<InetAddress, SampledRate> rates = new HashMap<>();
    private Map<InetAddress, Double> limits = Map.of();
    private @Nullable Double limitOfOthers;

    public ConnectionRates(QuotaWindow window) {
        this.window = window;
    }

    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        if (delta.quotasChanged()) {
            limit(image.quotas());
        }
        done.run();
    }

    private void limit(Map<QuotaEntity, Map<String, Double>> quotas) {
        var next = new HashMap<InetAddress, Double>();
        limitOfOthers = null;
        quotas.forEach((entity, values) -> {
            var limit = values.get(SETTING);
            if (limit == null || !entity.names().containsKey(QuotaEntity.IP)) {
                return;
            }
            var name = entity.names().get(QuotaEntity.IP);
            if (name == null) {
                limitOfOthers = limit;
                return;
            }
            try {
                next.put(InetAddress.getByName(name), limit);
            } catch (UnknownHostException e) {
                log.warn("The quota of {} does not count: it has no address (expected: an address)", name, e);
            }
        });
        limits = next;
        rates.keySet().removeIf(address -> limitOf(address) == null);
    }

    private @Nullable Double limitOf(InetAddress address) {
        return limits.getOrDefault(address, limitOfOthers);
    }

    /**
     * Counts a connection; says how long it is to be kept waiting before it is closed, or 0 when it is welcome. One that is
     * not does not count.
     */
    public long excessMs(InetAddress address, long nowMs) {
        var limit = limitOf(address);
        if (limit == null) {
            return 0;
        }
        if (rates.size() > MANY) {
            rates.values().removeIf(rate -> rate.perSecond(nowMs) == 0);
        }
        var rate = rates.computeIfAbsent(address, any -> new SampledRate(window));
        rate.add(1, nowMs);
        long excessMs = Math.min(window.sampleMs(), rate.excessMs(limit, nowMs));
        if (excessMs > 0) {
            rate.add(-1, nowMs);
        }
        return excessMs;
    }
}
