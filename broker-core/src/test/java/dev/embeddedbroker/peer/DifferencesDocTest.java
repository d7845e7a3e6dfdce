package dev.embeddedbroker.peer;

import dev.embeddedbroker.structure.GeneratedDoc;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/differences.md is the list that the comparison with Kafka goes by. */
class DifferencesDocTest {
    @Test
    void differencesPageIsUpToDate() throws Exception {
        GeneratedDoc.check(
                "differences.md",
                """
                # Differences to Kafka's answers

                Some two thousand administrative, metadata and configuration requests, right and wrong ones, at every version, are sent to Apache
                Kafka 4.4.0 and to this broker in a test (`SameAnswersAsKafkaTest`; the requests are its `.calls` files), and the answers compared field
                by field, but for ids, times, addresses and paths. They are the same but for what is listed here. Generated: see docs/testing.md.

                | where | what | why |
                | --- | --- | --- |
                """
                        + AcceptedDifference.ALL.stream()
                                .map(each -> "| " + each.where() + " | " + each.what() + " | " + each.reason() + " |\n")
                                .collect(Collectors.joining()));
    }
}
