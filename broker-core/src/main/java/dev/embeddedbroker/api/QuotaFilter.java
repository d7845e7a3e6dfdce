package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.quota.ClientQuotas;

/** Charges requests to the quotas of their clients, and has those who are over them wait. Any loop. */
public final class QuotaFilter implements RequestFilter {

    private final ClientQuotas quotas;

    public QuotaFilter(ClientQuotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public void filter(RequestContext context, Request request, Next next) {
        if (!quotas.isOn()) {
            next.proceed(context, request);
            return;
        }
        var metered = new MeteredRequest(context, quotas);
        next.proceed(metered, request);
        metered.handled();
    }
}
