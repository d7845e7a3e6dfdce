package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.Struct;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One exchange as a line: time, client, {@code >} what it wants, {@code <} after how long it got what. Such as
 * {@code 12:30:12.481 consumer-g-1 > FETCH v18 orders-0@5 < 0.3 ms NONE orders-0 2 records}.
 */
final class ExchangeLine {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private ExchangeLine() {}

    static String of(RecordedExchange exchange) {
        var line = new StringBuilder(160);
        line.append(time(exchange.receivedAt())).append(' ');
        line.append(exchange.clientId().isEmpty() ? "(no client id)" : exchange.clientId());
        line.append(" > ").append(exchange.apiName()).append(" v").append(exchange.version());
        exchange.request()
                .map(request -> Gist.ofRequest((Struct) request, exchange.topics()))
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> line.append(' ').append(text));
        exchange.undecodable()
                .ifPresent(why -> line.append(" (cannot be read: ").append(why).append(')'));
        line.append(" <");
        if (exchange.tookMs() < 0) {
            line.append(" (no answer yet)");
        } else {
            line.append(String.format(Locale.ROOT, " %.1f ms ", exchange.tookMs()));
            line.append(exchange.unanswered().orElseGet(() -> exchange.response()
                    .map(response -> Gist.ofResponse((Struct) response, exchange.topics()))
                    .orElse(exchange.answerBytes() + " bytes")));
        }
        if (exchange.missingBytes() > 0) {
            line.append(" (").append(exchange.missingBytes()).append(" bytes of records not kept)");
        }
        return line.toString();
    }

    private static String time(Instant instant) {
        return LocalTime.ofInstant(instant, ZoneId.systemDefault()).format(TIME);
    }
}
