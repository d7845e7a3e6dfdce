package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.Struct;

/** One exchange as a JSON object in one line. */
final class ExchangeJson {

    private ExchangeJson() {}

    static String of(RecordedExchange exchange) {
        var out = new JsonWriter();
        out.beginObject();
        out.name("number").literal(exchange.number());
        out.name("receivedAt").value(exchange.receivedAt().toString());
        out.name("servedAt").value(exchange.servedAt().toString());
        out.name("answeredAt").value(exchange.answeredAt().map(Object::toString).orElse(null));
        out.name("flushedAt").value(exchange.flushedAt().map(Object::toString).orElse(null));
        out.name("tookMs").literal(exchange.tookMs());
        out.name("connection").value(exchange.connection());
        out.name("clientId").value(exchange.clientId());
        out.name("clientSoftware")
                .value(exchange.software().name() + " " + exchange.software().version());
        out.name("api").value(exchange.apiName());
        out.name("version").literal(exchange.version());
        out.name("correlationId").literal(exchange.correlationId());
        out.name("requestBytes").literal(exchange.requestBytes());
        out.name("answerBytes").literal(exchange.answerBytes());
        out.name("recordBytesNotKept").literal(exchange.missingBytes());
        exchange.unanswered().ifPresent(why -> out.name("unanswered").value(why));
        exchange.undecodable().ifPresent(why -> out.name("undecodable").value(why));
        exchange.request().ifPresent(request -> {
            out.name("request");
            new MessageJson(out, exchange.version(), exchange.fields()).write((Struct) request);
        });
        exchange.response().ifPresent(response -> {
            out.name("response");
            new MessageJson(out, exchange.answeredVersion(), exchange.fields()).write((Struct) response);
        });
        return out.endObject().toString();
    }
}
