package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.RepeatedTest;

/** A test that has its broker from the class it extends. */
class InvoicesTest extends SharedByInheritance {
    @RepeatedTest(2)
    void whatOneTestCreatesTheNextDoesNotFind(Admin admin) throws Exception {
        assertThat(admin.listTopics().names().get()).isEqualTo(Set.of("orders", "notifications"));
        KAFKA.broker().createTopic("invoices", 1);
    }
}
