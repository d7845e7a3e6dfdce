package dev.embeddedbroker.fault;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a rule asks of a request as a whole.
 *
 * @param text what is asked, as in {@code client id is "a"}
 * @param test whether a request meets it
 * @param seen what a request has instead
 */
record Condition(String text, Predicate<SeenRequest> test, Function<SeenRequest, String> seen) {

    /**
     * What a rule asks of one of the things that a request is about.
     *
     * @param text what is asked, as in {@code topic is "orders"}
     * @param test whether a thing meets it
     * @param isOfTopics whether it is about the topic or the partition
     * @param seen what a request has instead
     */
    record OfSubject(String text, Predicate<Subject> test, boolean isOfTopics, Function<SeenRequest, String> seen) {}
}
