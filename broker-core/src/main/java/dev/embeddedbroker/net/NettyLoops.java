package dev.embeddedbroker.net;

import dev.embeddedbroker.loop.FailureSink;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.loop.SteppedLoop;
import dev.embeddedbroker.loop.WorkCount;
import dev.embeddedbroker.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The running loops of one broker; whoever starts them closes them. Any thread. */
public final class NettyLoops implements AutoCloseable {

    private final List<NettyLoop> loops;
    private final LoopGroup group;

    private NettyLoops(List<NettyLoop> loops) {
        this.loops = loops;
        this.group = new LoopGroup(loops);
    }

    /** Starts {@code count} loops, on daemon threads named {@code threadPrefix} and the loop's index. */
    public static NettyLoops start(int count, String threadPrefix, Clock clock, FailureSink failures) {
        return start(count, threadPrefix, clock, failures, null);
    }

    /**
     * The same, conducted.
     *
     * @param work counts what the loops are handed, where the clock does not run by itself and somebody fires their timers
     */
    public static NettyLoops start(
            int count, String threadPrefix, Clock clock, FailureSink failures, @Nullable WorkCount work) {
        var loops = new ArrayList<NettyLoop>(count);
        for (int i = 0; i < count; i++) {
            loops.add(new NettyLoop(threadPrefix + i, i, clock, failures, work));
        }
        loops.forEach(NettyLoop::start);
        return new NettyLoops(loops);
    }

    public LoopGroup group() {
        return group;
    }

    /** The loops, for whoever fires their timers. */
    public List<? extends SteppedLoop> stepped() {
        return loops;
    }

    NettyLoop get(int index) {
        return loops.get(index);
    }

    int size() {
        return loops.size();
    }

    /** Ends every loop: queued tasks still run, timers do not. Outside the loops only. */
    @Override
    public void close() {
        loops.forEach(NettyLoop::close);
    }
}
