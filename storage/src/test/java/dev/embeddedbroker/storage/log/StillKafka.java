package dev.embeddedbroker.storage.log;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;

/** What Apache Kafka's logs are given in place of threads and clocks: time that stands, and work done at once or never. */
public final class StillKafka {
    private StillKafka() {}

    /** Does at once what is scheduled once under such a name, and nothing else ever. */
    public static Scheduler scheduler(Predicate<String> atOnce) {
        Object never = proxy(
                ScheduledFuture.class,
                (p, method, arguments) -> method.getReturnType() == boolean.class ? Boolean.TRUE : null);
        return (Scheduler) proxy(Scheduler.class, (p, method, arguments) -> {
            if (method.getName().equals("scheduleOnce") && atOnce.test((String) arguments[0])) {
                ((Runnable) arguments[1]).run();
            }
            return method.getReturnType() == void.class ? null : never;
        });
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(StillKafka.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    /** A clock that stands at {@code nowMs}. */
    public static Time time(long nowMs) {
        return new Time() {
            @Override
            public long milliseconds() {
                return nowMs;
            }

            @Override
            public long nanoseconds() {
                return nowMs * 1_000_000;
            }

            @Override
            public void sleep(long ms) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void waitObject(Object object, Supplier<Boolean> condition, long deadline) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
