package dev.embeddedbroker.net;

import dev.embeddedbroker.loop.FailureSink;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.time.Clock;
import java.util.ArrayList;
import java.util.List;

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
        var loops = new ArrayList<NettyLoop>(count);
        for (int i = 0; i < count; i++) {
            loops.add(new NettyLoop(threadPrefix + i, i, clock, failures));
        }
        loops.forEach(NettyLoop::start);
        return new NettyLoops(loops);
    }

    public LoopGroup group() {
        return group;
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
