package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.GroupView;
import dev.embeddedbroker.inspect.TopicView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What the broker has to say about a test that failed: what its topics and groups were like, and why they got nothing. */
final class FailureReport {
    private static final int MOST_EXPLAINED = 5;

    private final EmbeddedBroker broker;

    FailureReport(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** Adds it to the failure, where IDEs and build tools show it: as a suppressed exception without a stack. */
    void attachTo(Throwable failure) {
        broker.failure().filter(bug -> bug != failure).ifPresent(failure::addSuppressed);
        failure.addSuppressed(new BrokerReport(text()));
    }

    private String text() {
        var parts = new ArrayList<String>();
        try {
            parts.addAll(state());
        } catch (IllegalStateException e) {
            parts.add("Nothing can be seen of the broker: " + e.getMessage());
        }
        String recent = broker.recorder().recent();
        if (!recent.isEmpty()) {
            parts.add("The last requests:\n" + recent.indent(2).stripTrailing());
        }
        return String.join("\n", parts);
    }

    private List<String> state() {
        var topics = broker.inspect().topics();
        var groups = broker.inspect().groups();
        var parts = new ArrayList<String>();
        parts.add("Topics: " + (topics.isEmpty() ? "none" : listed(topics)));
        parts.add("Groups: " + (groups.isEmpty() ? "none" : listed(groups)));
        groups.stream()
                .flatMap(group -> topicsOf(group, topics).stream().map(topic -> broker.explain(group.groupId(), topic)))
                .limit(MOST_EXPLAINED)
                .forEach(explanation -> parts.add(explanation.toString().stripTrailing()));
        return parts;
    }

    /** What it subscribes to; all there are, if its members have left. */
    private static Collection<String> topicsOf(GroupView group, List<TopicView> topics) {
        return group.members().isEmpty()
                ? topics.stream()
                        .filter(topic -> !topic.isInternal())
                        .map(TopicView::name)
                        .toList()
                : group.subscribed();
    }

    private static String listed(List<?> things) {
        return things.stream().map(thing -> "\n  " + thing).collect(Collectors.joining());
    }

    /** The report as a throwable, to be suppressed by the failure that it is about. */
    static final class BrokerReport extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokerReport(String text) {
            super(text, null, false, false);
        }
    }
}
