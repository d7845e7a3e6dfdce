package dev.embeddedbroker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.ApiTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What answers requests is made when it is asked for. */
class HandlersTest {

    @Test
    void everyKeyThatIsServedHasAHandlerOfItsOwnMadeOnce() {
        var settings = new NodeSettings("localhost", 0, null, false, Map.of(), List.of());
        try (var node = BrokerNode.start(settings)) {
            var entries = node.apis().entries();
            assertThat(entries).hasSizeGreaterThan(50);
            for (var entry : entries) {
                assertThat(entry.handler()).as("%s", entry.key()).isNotNull().isSameAs(entry.handler());
            }
            assertThat(entries).extracting(ApiTable.Entry::handler).doesNotHaveDuplicates();
        }
    }
}
