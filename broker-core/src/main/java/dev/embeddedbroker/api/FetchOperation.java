package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.partition.FetchPlan;
import dev.embeddedbroker.partition.FetchWaiter;
import dev.embeddedbroker.partition.OwnerCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fetch from its first read to its answer.
 *
 * <p>It reads; if that is not enough it gives the records back and waits for a partition to move, for the time to be up,
 * or for the client to want something else; then it reads again. So what is answered is what can be read at that moment,
 * and nothing is leased while waiting.
 *
 * <p>Partitions of several loops are read at once, each loop with the whole budget; what is too much together is given
 * back here, last partitions first, and read by the next fetch. Partitions of one loop share the budget exactly.
 *
 * <p><b>Owner:</b> the session's loop ("home"), or the connection's if there is no session.
 */
final class FetchOperation {

    private final Loop home;
    private final RequestContext context;
    private final FetchPlan plan;
    private final FetchLimits limits;
    private final FetchRead.Reader reader;
    private final MetadataView metadata;
    private final List<FetchRead> reads;

    private boolean reading;
    private boolean mustAnswer;
    private boolean answered;
    private @Nullable Timer timer;
    private @Nullable FetchWaiter waiter;

    FetchOperation(
            Loop home,
            RequestContext context,
            FetchPlan plan,
            FetchLimits limits,
            FetchRead.Reader reader,
            MetadataView metadata) {
        this.home = home;
        this.context = context;
        this.plan = plan;
        this.limits = limits;
        this.reader = reader;
        this.metadata = metadata;
        this.reads = new ArrayList<>(plan.items().size());
    }

    void add(FetchRead read) {
        reads.add(read);
    }

    void start() {
        mustAnswer = limits.maxWaitMs() <= 0 || hasNothingToRead();
        read();
    }

    private boolean hasNothingToRead() {
        for (var read : reads) {
            if (!read.isUnknown()) return false;
        }
        return true;
    }

    private void read() {
        reading = true;
        boolean several = shareBudgets();
        OwnerCall.run(home, reads, () -> {
            reading = false;
            decide(several);
        });
    }

    /** Gives the reads of each loop a budget; says whether there is more than one. */
    private boolean shareBudgets() {
        Loop firstOwner = null;
        FetchLimits.Budget first = new FetchLimits.Budget(limits.maxBytes());
        List<FetchLimits.Budget> others = List.of();
        for (var read : reads) {
            Loop owner = read.owner();
            if (owner == null) continue;
            if (firstOwner == null) firstOwner = owner;
            if (owner == firstOwner) {
                read.spendFrom(first);
                continue;
            }
            if (others.isEmpty()) others = new ArrayList<>();
            while (others.size() <= owner.index()) {
                others.add(new FetchLimits.Budget(limits.maxBytes()));
            }
            read.spendFrom(others.get(owner.index()));
        }
        return !others.isEmpty();
    }

    private void decide(boolean severalBudgets) {
        long bytes = 0;
        boolean enough = mustAnswer;
        for (var read : reads) {
            bytes += read.outcome().sizeBytes();
            enough |= read.endsWait();
        }
        if (enough || bytes >= limits.minBytes()) {
            if (severalBudgets) giveBackExcess();
            answer();
        } else {
            park();
        }
    }

    private void giveBackExcess() {
        var budget = new FetchLimits.Budget(limits.maxBytes());
        for (var read : reads) {
            int bytes = read.outcome().sizeBytes();
            if (bytes > 0 && !budget.allows(bytes, read.maxBytes())) {
                read.release();
            } else {
                budget.spend(bytes);
            }
        }
    }

    private void park() {
        var newWaiter = new FetchWaiter(home, reads.size(), this::moved);
        waiter = newWaiter;
        for (var read : reads) {
            read.release();
            read.watchWith(newWaiter);
        }
        if (timer == null) {
            timer = home.pace(limits.maxWaitMs(), this::hurry);
            context.loop().run(this::askForHurry);
        }
    }

    /** On the connection's loop, which is another one if the session is that one's. */
    private void askForHurry() {
        if (!context.isAnswered()) context.onNextRequest(() -> home.run(this::hurry));
    }

    /** A partition moved. */
    private void moved() {
        // another read may be under way already, if the time was up in between
        waiter = null;
        if (!answered && !reading) read();
    }

    /** The time is up, or the client waits to be served something else. */
    private void hurry() {
        if (answered || mustAnswer) return;
        mustAnswer = true;
        if (waiter != null) {
            waiter.cancel();
            waiter = null;
        }
        if (!reading) read();
    }

    private void answer() {
        answered = true;
        if (timer != null) timer.cancel();
        boolean replied = false;
        try {
            var answers = new FetchAnswers(context, reader, metadata);
            var response = answers.build(plan, reads);
            replied = true;
            context.reply(response, answers.leases());
        } finally {
            if (!replied) reads.forEach(FetchRead::release);
        }
    }
}
