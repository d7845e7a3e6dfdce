package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Has the rules of {@link Faults} look at each request. For who puts a broker together. Any loop.
 */
public final class FaultFilter implements RequestFilter {
    private static final int FULL_FETCH = 0;
    private static final int FETCH_WITHOUT_SESSION = -1;

    private static final AnswerError OUT_OF_ORDER = new AnswerError(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);

    private final Faults faults = new Faults();
    private volatile @Nullable Served served;

    /** What a broker serves, from one start to the next. */
    private record Served(ApiTable apis, MetadataView metadata) {}

    /** The rules. */
    public Faults faults() {
        return faults;
    }

    @Override
    public void begin(ApiTable apis, MetadataView metadata) {
        served = new Served(apis, metadata);
        faults.rules().forEach(FaultRule::forgetHeld);
    }

    @Override
    public void filter(RequestContext context, Request request, Next next) {
        var rules = faults.live();
        if (rules.length == 0) {
            next.proceed(context, request);
            return;
        }
        for (var rule : rules) {
            rule.came(context.api());
        }
        if (request instanceof FetchRequest fetch && isCovered(rules, ApiKey.FETCH)) {
            if (fetch.sessionEpoch > FULL_FETCH) {
                context.reply(new FetchResponse().setErrorCode(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.id()));
                return;
            }
            if (fetch.sessionEpoch == FULL_FETCH) {
                fetch.sessionEpoch = FETCH_WITHOUT_SESSION;
            }
        }
        pass(rules, 0, context, request, next);
    }

    private static boolean isCovered(FaultRule[] rules, ApiKey api) {
        for (var rule : rules) {
            if (!rule.isOver() && rule.covers(api)) {
                return true;
            }
        }
        return false;
    }

    /** Has the rules from {@code from} on look at a request, up to one whose verdict takes it over. */
    private void pass(FaultRule[] rules, int from, RequestContext context, Request request, Next next) {
        SeenRequest seen = null;
        for (int i = from; i < rules.length; i++) {
            var rule = rules[i];
            if (rule.gaps().isOpen() && request instanceof ProduceRequest produce) {
                seen = seen == null ? new SeenRequest(context, request, this::topicName) : seen;
                var behind = rule.gaps().behind(produce, seen.subjects());
                faults.changed();
                if (!behind.isEmpty()) {
                    var rest = new Rest(rules, i + 1, next);
                    OUT_OF_ORDER.part(new MatchedRequest(rule, seen, behind, context, request, rest));
                    return;
                }
            }
            if (rule.isOver() || !rule.covers(context.api())) {
                continue;
            }
            if (seen == null) {
                seen = new SeenRequest(context, request, this::topicName);
            }
            var matched = rule.meets(seen);
            if (matched == null) {
                continue;
            }
            var struck = new MatchedRequest(rule, seen, matched, context, request, new Rest(rules, i + 1, next));
            var effect = rule.verdict().effect();
            if (effect.strikesLater(context.api()) || struck.isStruck()) {
                effect.on(struck);
                return;
            }
        }
        next.proceed(context, request);
    }

    private @Nullable String topicName(Uuid id) {
        var known = served;
        var topic = known == null ? null : known.metadata.image().topic(id);
        return topic == null ? null : topic.name();
    }

    /** The rules behind one, and the handler. */
    private final class Rest implements MatchedRequest.Onward {
        private final FaultRule[] rules;
        private final int from;
        private final Next next;

        private Rest(FaultRule[] rules, int from, Next next) {
            this.rules = rules;
            this.from = from;
            this.next = next;
        }

        @Override
        public void proceed(RequestContext context, Request request) {
            pass(rules, from, context, request, next);
        }

        // the table ties a key to its handler
        @SuppressWarnings("unchecked")
        @Override
        public Response refuse(Request request, short version, ErrorCode error, @Nullable String message) {
            var known = served;
            var entry = known == null ? null : known.apis.find(request.api().id());
            if (entry == null) {
                throw new IllegalStateException(request.api() + " has no handler (expected: a key that is served)");
            }
            return ((ApiHandler<Request>) entry.handler()).refuse(request, version, error, message);
        }
    }
}
