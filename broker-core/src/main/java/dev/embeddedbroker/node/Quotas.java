package dev.embeddedbroker.node;

import dev.embeddedbroker.api.QuotaFilter;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.metadata.ControllerHost;
import dev.embeddedbroker.net.AddressGate;
import dev.embeddedbroker.plugin.UserQuotas;
import dev.embeddedbroker.quota.ClientQuotas;
import dev.embeddedbroker.quota.ConnectionRates;
import dev.embeddedbroker.quota.QuotaWindow;
import dev.embeddedbroker.quota.StoredQuotas;
import dev.embeddedbroker.time.Clock;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The quotas of a broker's clients and addresses, wired. */
final class Quotas implements AddressGate, AutoCloseable {

    private final Clock clock;
    private final ClientQuotas clients;
    private final ConnectionRates addresses;
    private final @Nullable UserQuotas callback;

    private Quotas(Clock clock, ClientQuotas clients, ConnectionRates addresses, @Nullable UserQuotas callback) {
        this.clock = clock;
        this.clients = clients;
        this.addresses = addresses;
        this.callback = callback;
    }

    static Quotas of(BrokerConfig config, Clock clock) {
        var window = QuotaWindow.of(
                config.get(BrokerKeys.QUOTA_WINDOW_NUM), config.get(BrokerKeys.QUOTA_WINDOW_SIZE_SECONDS));
        var mutations = QuotaWindow.of(
                config.get(BrokerKeys.CONTROLLER_QUOTA_WINDOW_NUM),
                config.get(BrokerKeys.CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS));
        var callback = UserQuotas.of(config);
        var rules = callback == null ? new StoredQuotas() : callback;
        return new Quotas(clock, new ClientQuotas(rules, window, mutations), new ConnectionRates(window), callback);
    }

    void listenTo(ControllerHost controller) {
        controller.addListener(clients);
        controller.addListener(addresses);
    }

    void forgetUse() {
        clients.forgetUse();
    }

    RequestFilter filter() {
        return new QuotaFilter(clients);
    }

    @Override
    public long excessMs(InetAddress address) {
        return addresses.excessMs(address, ClientQuotas.milliseconds(clock.nanos()));
    }

    @Override
    public void close() {
        if (callback != null) {
            callback.close();
        }
    }
}
