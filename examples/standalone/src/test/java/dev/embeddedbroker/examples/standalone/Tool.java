package dev.embeddedbroker.examples.standalone;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.utils.Exit;

/** One of Kafka's command-line tools, run in this JVM: a process for each would take most of the time. */
final class Tool {
    private Tool() {}

    /** Runs the main class to its end or its exit; both streams are its output. */
    static Command.Result run(String mainClass, String... arguments) {
        var output = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        // the first exit counts: some tools catch what ends them here, and exit again
        var first = new AtomicReference<Command.Result>();
        try (var stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            Exit.setExitProcedure((code, message) -> {
                first.compareAndSet(null, new Command.Result(code, output.toString(StandardCharsets.UTF_8)));
                throw new Exited();
            });
            scala.Console.withOut(stream, () -> {
                main(mainClass, arguments);
                return null;
            });
        } catch (Exited e) {
            return first.get();
        } finally {
            System.setOut(out);
            System.setErr(err);
            Exit.resetExitProcedure();
        }
        return new Command.Result(0, output.toString(StandardCharsets.UTF_8));
    }

    private static void main(String mainClass, String... arguments) {
        try {
            Class.forName(mainClass).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exited exited) {
                throw exited;
            }
            throw new IllegalStateException(mainClass, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(mainClass, e);
        }
    }

    private static final class Exited extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
