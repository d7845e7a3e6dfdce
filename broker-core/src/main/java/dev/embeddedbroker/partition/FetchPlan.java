package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one request fetches, and how its answer is told to its session. <b>Owner:</b> the loop of its {@link FetchSessions}. */
public final class FetchPlan {

    private final ErrorCode error;
    private final List<FetchItem> items;
    private final @Nullable FetchSession session;
    private final int expectedEpoch;
    private final @Nullable Opening opening;

    private record Opening(
            FetchSessions sessions,
            Map<FetchItem.Key, FetchItem> items,
            boolean usesTopicIds,
            boolean privileged,
            long nowMs) {}

    private FetchPlan(
            ErrorCode error, List<FetchItem> items, @Nullable FetchSession session, @Nullable Opening opening) {
        this.error = error;
        this.items = items;
        this.session = session;
        this.expectedEpoch = session == null ? 0 : session.epoch;
        this.opening = opening;
    }

    static FetchPlan failed(ErrorCode error) {
        return new FetchPlan(error, List.of(), null, null);
    }

    static FetchPlan sessionless(Map<FetchItem.Key, FetchItem> items) {
        return new FetchPlan(ErrorCode.NONE, List.copyOf(items.values()), null, null);
    }

    static FetchPlan opening(
            FetchSessions sessions,
            Map<FetchItem.Key, FetchItem> items,
            boolean usesTopicIds,
            boolean privileged,
            long nowMs) {
        var opening = new Opening(sessions, items, usesTopicIds, privileged, nowMs);
        return new FetchPlan(ErrorCode.NONE, List.copyOf(items.values()), null, opening);
    }

    static FetchPlan incremental(FetchSession session) {
        return new FetchPlan(ErrorCode.NONE, new ArrayList<>(session.items.values()), session, null);
    }

    /** Why the request's session cannot serve it; then there is nothing to fetch. */
    public ErrorCode error() {
        return error;
    }

    /** What is to be read, in this order. */
    public List<FetchItem> items() {
        return items;
    }

    /** The news about one partition. */
    public interface News {
        FetchItem item();

        long highWatermark();

        long startOffset();

        boolean hasRecords();

        /** Whether it must be sent even if neither offset moved, say because the client's log diverges. */
        boolean mustBeSent();

        boolean isError();
    }

    /** The session an answer names, and the error it carries at the top. */
    public record Closing(int sessionId, ErrorCode error) {}

    /**
     * Ends the request: drops from {@code answers} what its session's client knows already, and opens the session
     * that is to be opened. Once per plan.
     */
    public <N extends News> Closing finish(List<N> answers) {
        if (opening != null) return finishOpening(opening, answers);
        if (session == null) return new Closing(FetchSessions.NO_SESSION, error);
        if (session.epoch != expectedEpoch) {
            // another request of this session was taken in meanwhile, over another connection
            answers.clear();
            return new Closing(session.id, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        }
        for (Iterator<N> each = answers.iterator(); each.hasNext(); ) {
            N news = each.next();
            if (!tell(news)) {
                each.remove();
            } else if (news.hasRecords()) {
                session.moveToEnd(news.item());
            }
        }
        return new Closing(session.id, ErrorCode.NONE);
    }

    /** Ends the request with an answer that has no news, as a throttled client gets it: its session stays as it was. */
    public Closing finishWithoutNews() {
        if (session == null) return new Closing(FetchSessions.NO_SESSION, error);
        boolean overtaken = session.epoch != expectedEpoch;
        return new Closing(session.id, overtaken ? ErrorCode.INVALID_FETCH_SESSION_EPOCH : ErrorCode.NONE);
    }

    private static <N extends News> Closing finishOpening(Opening opening, List<N> answers) {
        answers.forEach(FetchPlan::tell);
        int id = opening.sessions.open(opening.items, opening.usesTopicIds, opening.privileged, opening.nowMs);
        return new Closing(id, ErrorCode.NONE);
    }

    /** Whether {@link #finish} will leave the news in the answer. */
    public boolean isToBeTold(News news) {
        if (session == null) return true;
        boolean mustBeSent = news.mustBeSent() || news.hasRecords();
        return session.epoch == expectedEpoch
                && news.item().wouldBeNews(news.highWatermark(), news.startOffset(), mustBeSent, news.isError());
    }

    private static boolean tell(News news) {
        boolean mustBeSent = news.mustBeSent() || news.hasRecords();
        return news.item().isNews(news.highWatermark(), news.startOffset(), mustBeSent, news.isError());
    }
}
