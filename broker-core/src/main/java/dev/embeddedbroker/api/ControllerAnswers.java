package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerUnavailable;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The one place where the answer of the controller, or its failure, becomes the business of a connection's loop again. */
final class ControllerAnswers {

    private ControllerAnswers() {}

    /**
     * Goes on with an answer on the connection's loop. Without one, everything the request asked for is refused with
     * KAFKA_STORAGE_ERROR: that the metadata log cannot be written is the only way a controller fails.
     */
    static <Q extends Request, T> void await(
            CompletableFuture<T> answer, ApiHandler<Q> handler, RequestContext context, Q request, Consumer<T> then) {
        await(
                answer,
                context,
                then,
                failure -> context.reply(handler.refuse(
                        request, context.version(), ErrorCode.KAFKA_STORAGE_ERROR, failure.getMessage())));
    }

    /** Goes on with an answer, or with the controller's failure; any other failure, there or in going on, is a bug. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing escapes the callback
    static <T> void await(
            CompletableFuture<T> answer,
            RequestContext context,
            Consumer<T> then,
            Consumer<ControllerUnavailable> otherwise) {
        answer.whenComplete((value, failure) -> context.loop().run(() -> {
            try {
                var cause = failure instanceof CompletionException ? failure.getCause() : failure;
                if (cause == null) {
                    then.accept(value);
                } else if (cause instanceof ControllerUnavailable unavailable) {
                    otherwise.accept(unavailable);
                } else {
                    context.fail(cause);
                }
            } catch (RuntimeException bug) {
                context.fail(bug);
            }
        }));
    }
}
