package dev.embeddedbroker.assertj;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.TopicView;
import dev.embeddedbroker.inspect.TransactionView;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;

/** Assertions on a broker. */
public final class BrokerAssert extends AbstractAssert<BrokerAssert, EmbeddedBroker> {

    BrokerAssert(EmbeddedBroker broker) {
        super(broker, BrokerAssert.class);
    }

    /** Goes on with a topic, which must be there. */
    public TopicAssert topic(String name) {
        hasTopic(name);
        return new TopicAssert(actual, name).as(info.description());
    }

    /** Goes on with a group; one that is not there has no members and has committed nothing. */
    public GroupAssert group(String id) {
        isNotNull();
        return new GroupAssert(actual, id).as(info.description());
    }

    /** There is a topic of that name. */
    public BrokerAssert hasTopic(String name) {
        isNotNull();
        if (actual.inspect().topic(name).isEmpty()) {
            throw failure("%nExpecting a topic %s, but there are:%n  %s", name, topicNames());
        }
        return this;
    }

    /** There is no topic of that name. */
    public BrokerAssert hasNoTopic(String name) {
        isNotNull();
        var topic = actual.inspect().topic(name);
        if (topic.isPresent()) {
            throw failure("%nExpecting no topic %s, but there is:%n  %s", name, topic.get());
        }
        return this;
    }

    private String topicNames() {
        var names = actual.inspect().topics().stream()
                .filter(topic -> !topic.isInternal())
                .map(TopicView::name)
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** No transaction is open. */
    public BrokerAssert hasNoOpenTransactions() {
        isNotNull();
        var open = actual.inspect().openTransactions();
        if (!open.isEmpty()) {
            throw failure("%nExpecting no open transactions, but there are:%n%s", GroupAssert.lines(open));
        }
        return this;
    }

    /** Goes on with the open transactions. */
    public ListAssert<TransactionView> openTransactions() {
        isNotNull();
        return Assertions.assertThat(actual.inspect().openTransactions()).as("open transactions");
    }

    /** The broker met no bug in itself. */
    public BrokerAssert hasNotFailed() {
        isNotNull();
        actual.failure().ifPresent(failure -> {
            var error = failure("%nExpecting the broker to be sound, but it met a bug: %s", failure);
            error.initCause(failure);
            throw error;
        });
        return this;
    }
}
