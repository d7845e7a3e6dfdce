package dev.embeddedbroker.storage.crash;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the storage logs from WARN on, kept instead of printed. */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.embeddedbroker.storage");
    private final List<String> lines = new ArrayList<>();

    Warnings() {
        setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        start();
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
        logger.addAppender(this);
    }

    /** What was said since this was last asked. */
    List<String> take() {
        var taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            lines.add(event.getFormattedMessage());
        }
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        stop();
    }
}
