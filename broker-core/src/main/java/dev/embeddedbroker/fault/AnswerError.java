package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.ForwardedRequest;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers a request, or the part of it that a rule is about, with an error. */
final class AnswerError implements Effect {

    /*
     * Where a request names things that can fail one by one, what the rule is about is taken out of it, the rest is served,
     * and the errors are put into the answer. So nothing of what fails takes effect. Reading does no harm: Fetch, and requests
     * that name no topic to mean all, are served as they are, and the errors put over what was read.
     */
    private static final Set<ErrorCode> OF_FETCH_SESSIONS = EnumSet.of(
            ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
            ErrorCode.INVALID_FETCH_SESSION_EPOCH,
            ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    private static final int METADATA_ERROR_AT_THE_TOP_SINCE = 13;

    private final ErrorCode error;

    AnswerError(ErrorCode error) {
        this.error = error;
    }

    @Override
    public void on(MatchedRequest struck) {
        boolean isSelective = struck.rule().isSelective();
        if (error.retriable() && struck.request() instanceof ProduceRequest produce) {
            struck.rule().refused(produce, struck.matched());
        }
        if (struck.request() instanceof ProduceRequest produce && produce.acks == 0) {
            unanswered(struck);
        } else if (struck.request() instanceof FetchRequest fetch
                && (isSelective || !OF_FETCH_SESSIONS.contains(error))) {
            fetch.maxWaitMs = 0;
            over(struck);
        } else if (isForEveryTopic(struck, isSelective)) {
            over(struck);
        } else if (!isSelective || isRefusedWhole(struck)) {
            struck.context().reply(struck.refusal(error));
        } else {
            part(struck);
        }
    }

    private static boolean isForEveryTopic(MatchedRequest struck, boolean isSelective) {
        if (isSelective) {
            return struck.rule().namesTopics() && struck.matched().stream().anyMatch(Subject::everyTopic);
        }
        return struck.request() instanceof MetadataRequest all
                && all.topics == null
                && struck.context().version() < METADATA_ERROR_AT_THE_TOP_SINCE;
    }

    /** Whether the error is of all of it, or the answer has no place for errors of a part. */
    private boolean isRefusedWhole(MatchedRequest struck) {
        return (struck.isMatchedWhole() && !struck.rule().namesTopics())
                || !putAll(struck.request().api().newResponse(), places(struck), failing(struck));
    }

    /** What gets the error: the groups and transactions, if the rule does not ask for topics. */
    private static Set<Subject> failing(MatchedRequest struck) {
        if (struck.rule().namesTopics() || struck.request() instanceof ProduceRequest) {
            return struck.matched();
        }
        var failing = new LinkedHashSet<Subject>();
        struck.matched().forEach(each -> failing.add(each.withoutTopic()));
        return failing;
    }

    /** Kafka closes the connection of who wants no answer and asked for what fails. */
    private static void unanswered(MatchedRequest struck) {
        if (struck.isMatchedWhole()) {
            struck.context().disconnect(struck.message());
            return;
        }
        var context = struck.context();
        struck.proceed(
                new ForwardedRequest(context) {
                    @Override
                    public void replyNothing() {
                        context.disconnect(struck.message());
                    }
                },
                struck.seen().without(struck.matched()));
    }

    private ErrorPlaces places(MatchedRequest struck) {
        return new ErrorPlaces(struck.request().api(), struck.context().version(), error, struck.message());
    }

    private static boolean putAll(Response answer, ErrorPlaces places, Collection<Subject> subjects) {
        boolean all = true;
        for (var subject : subjects) {
            all &= places.put((Struct) answer, subject);
        }
        return all;
    }

    // ---- errors for what is taken out

    /** Answers what is matched with the error, and has the rest served. */
    void part(MatchedRequest struck) {
        boolean isTogether = struck.request().api() == ApiKey.ADD_PARTITIONS_TO_TXN;
        if (!isTogether && !struck.isMatchedWhole()) {
            struck.proceed(
                    new WithErrors(struck, struck.context()), struck.seen().without(struck.matched()));
            return;
        }
        Response answer = struck.request().api().newResponse();
        if (isTogether) {
            var others = new LinkedHashSet<>(struck.seen().subjects());
            others.removeAll(struck.matched());
            var places = new ErrorPlaces(
                    struck.request().api(), struck.context().version(), ErrorCode.OPERATION_NOT_ATTEMPTED, null);
            putAll(answer, places, others);
        }
        putAll(answer, places(struck), failing(struck));
        struck.context().reply(answer);
    }

    // ---- errors over what is read

    private void over(MatchedRequest struck) {
        struck.proceed(new WithErrors(struck, struck.context()), struck.request());
    }

    /** An answer that gets errors put into it. */
    private final class WithErrors extends ForwardedRequest {
        private final MatchedRequest struck;

        private WithErrors(MatchedRequest struck, RequestContext context) {
            super(context);
            this.struck = struck;
        }

        @Override
        public void reply(Response response, List<? extends AutoCloseable> leases) {
            boolean complete = putAll(response, places(struck), failingIn((Struct) response));
            forwarded().reply(complete ? response : struck.refusal(error), leases);
        }

        private Set<Subject> failingIn(Struct response) {
            if (api() == ApiKey.FETCH) {
                return struck.matched();
            }
            if (struck.matched().stream().noneMatch(Subject::everyTopic)) {
                return failing(struck);
            }
            var failing = new LinkedHashSet<Subject>();
            for (var subject : struck.seen().subjectsOf(response)) {
                if (struck.rule().isAbout(subject) && subject.topic() != null) {
                    failing.add(api() == ApiKey.METADATA ? subject.ofPartition(-1) : subject);
                }
            }
            return failing;
        }
    }
}
