package dev.embeddedbroker.api;

import dev.embeddedbroker.api.ConfigAlteration.Wanted;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What AlterConfigs and IncrementalAlterConfigs have in common: the broker refuses some resources of a request, the
 * controller decides about the others, and each gets its answer in the order of the request.
 *
 * @param <Q> the request
 * @param <C> what the controller is told about one resource
 */
abstract class AlteringHandler<Q extends Request, C> implements ApiHandler<Q> {

    /** A resource of the request, and what became of it. */
    record Answered(Wanted wanted, Result result) {}

    private final ConfigAlteration alteration;
    private final boolean incremental;

    AlteringHandler(ConfigAlteration alteration, boolean incremental) {
        this.alteration = alteration;
        this.incremental = incremental;
    }

    abstract List<Wanted> wanted(Q request);

    abstract C change(Wanted wanted);

    abstract CompletableFuture<Map<ConfigResource, Result>> tell(Map<ConfigResource, C> changes, Q request);

    abstract Response response(List<Answered> answers);

    @Override
    public final void handle(RequestContext context, Q request) {
        var all = wanted(request);
        var refusals = alteration.refusals(all, incremental);
        var changes = new LinkedHashMap<ConfigResource, C>();
        for (int i = 0; i < all.size(); i++) {
            if (refusals.get(i) == null) {
                changes.put(all.get(i).resource(), change(all.get(i)));
            }
        }
        if (changes.isEmpty()) {
            context.reply(response(answers(all, refusals, Map.of())));
            return;
        }
        ControllerAnswers.await(
                tell(changes, request),
                this,
                context,
                request,
                results -> context.reply(response(answers(all, refusals, results))));
    }

    private static List<Answered> answers(
            List<Wanted> all, List<@Nullable Result> refusals, Map<ConfigResource, Result> results) {
        var answers = new ArrayList<Answered>();
        for (int i = 0; i < all.size(); i++) {
            var wanted = all.get(i);
            answers.add(new Answered(wanted, ConfigAlteration.resultOf(wanted, refusals.get(i), results)));
        }
        return answers;
    }

    @Override
    public final Response refuse(Q request, short version, ErrorCode error, @Nullable String message) {
        return response(wanted(request).stream()
                .map(wanted -> new Answered(wanted, Result.refused(error, message)))
                .toList());
    }
}
