package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the rules, and what it is about.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class SeenRequest implements RequestView {
    private final RequestContext context;
    private final Request request;
    private final Function<Uuid, @Nullable String> topicNames;
    private final List<Subject> subjects;

    SeenRequest(RequestContext context, Request request, Function<Uuid, @Nullable String> topicNames) {
        this.context = context;
        this.request = request;
        this.topicNames = topicNames;
        this.subjects = SubjectWalk.subjects(request.api(), context.version(), (Struct) request, topicNames);
    }

    List<Subject> subjects() {
        return subjects;
    }

    /** The same request without some of what it is about. */
    Request without(Set<Subject> dropped) {
        return (Request) SubjectWalk.without(api(), context.version(), (Struct) request, topicNames, dropped::contains);
    }

    /** What an answer to it says something about. */
    List<Subject> subjectsOf(Struct answer) {
        return SubjectWalk.subjects(api(), context.version(), answer, topicNames);
    }

    @Override
    public ApiKey api() {
        return request.api();
    }

    @Override
    public int version() {
        return context.version();
    }

    @Override
    public String clientId() {
        return Objects.requireNonNullElse(context.clientId(), "");
    }

    @Override
    public String connection() {
        return context.connection().id();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return context.connection().remoteAddress();
    }

    @Override
    public int correlationId() {
        return context.correlationId();
    }

    @Override
    public int sizeBytes() {
        return context.sizeBytes();
    }

    @Override
    public Set<String> topics() {
        return all(Subject::topic);
    }

    @Override
    public Set<Integer> partitions(String topic) {
        var found = new LinkedHashSet<Integer>();
        for (var subject : subjects) {
            if (topic.equals(subject.topic()) && subject.partition() >= 0) {
                found.add(subject.partition());
            }
        }
        return found;
    }

    @Override
    public Set<String> groups() {
        return all(Subject::group);
    }

    @Override
    public Set<String> transactionalIds() {
        return all(Subject::transactionalId);
    }

    private Set<String> all(Function<Subject, @Nullable String> part) {
        var found = new LinkedHashSet<String>();
        for (var subject : subjects) {
            String value = part.apply(subject);
            if (value != null) {
                found.add(value);
            }
        }
        return found;
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return Structs.asMap((Struct) request);
    }

    @Override
    public String text() {
        return request.toString();
    }

    @Override
    public String toString() {
        return api() + " v" + version() + " of client " + clientId() + " about " + subjects;
    }
}
