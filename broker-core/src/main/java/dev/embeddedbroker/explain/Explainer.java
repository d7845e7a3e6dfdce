package dev.embeddedbroker.explain;

import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.recorder.FlightRecorder;
import dev.embeddedbroker.recorder.RecordedExchange;
import java.util.HashSet;
import java.util.List;

/** Explains why a group got nothing of a topic. Immutable; any thread but the broker's own. */
public final class Explainer {

    private static final int RECENT = 20;

    private final ApiTable apis;
    private final LoopGroup loops;
    private final MetadataView metadata;

    /** One for a running broker. */
    public Explainer(ApiTable apis, LoopGroup loops, MetadataView metadata) {
        this.apis = apis;
        this.loops = loops;
        this.metadata = metadata;
    }

    /** Looks at the broker as it is now, at what was seen of clients, and at what was recorded. */
    public Explanation explain(String group, String topic, Sightings sightings, FlightRecorder recorder) {
        if (loops.all().stream().anyMatch(loop -> loop.isInside())) {
            throw new IllegalStateException(
                    "called on " + Thread.currentThread().getName()
                            + ", a thread of the broker's own (expected: another one, as this call waits for it)");
        }
        var facts = new Gathering(apis, loops.get(0), metadata.image(), sightings).about(group, topic);
        return new Explanation(group, topic, Rules.apply(facts), recent(facts, recorder));
    }

    private static String recent(Facts facts, FlightRecorder recorder) {
        var clients = new HashSet<String>();
        if (facts.group() != null)
            facts.group().members().forEach(each -> clients.add(each.client().id()));
        if (facts.seen() != null) facts.seen().clients().forEach(each -> clients.add(each.id()));
        List<RecordedExchange> theirs = recorder.exchanges(each -> clients.contains(each.clientId()));
        return FlightRecorder.text(theirs.subList(Math.max(0, theirs.size() - RECENT), theirs.size()));
    }
}
