package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.protocol.ApiKey;
import org.junit.jupiter.api.Test;

class ApiTableTest {

    private final ApiTable table = new ApiTable();
    private final ApiVersionsHandler handler = new ApiVersionsHandler(table, () -> Features.NONE, "c", 1);

    @Test
    void aKeyIsServedOnce() {
        table.serve(ApiKey.API_VERSIONS, 0, 4, handler);
        assertThatThrownBy(() -> table.serve(ApiKey.API_VERSIONS, 0, 4, handler))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("API_VERSIONS is served already");
    }

    @Test
    void rangesAreOrderedAndWithinTheProtocol() {
        assertThatThrownBy(() -> table.serve(ApiKey.API_VERSIONS, 3, 2, handler))
                .hasMessageContaining("3 to 2");
        assertThatThrownBy(() -> table.serve(ApiKey.API_VERSIONS, 0, 6, handler))
                .hasMessageContaining("0 to 6");
        assertThatThrownBy(() -> table.serve(ApiKey.API_VERSIONS, -1, 5, handler))
                .hasMessageContaining("-1 to 5");
        assertThat(table.entries()).isEmpty();
    }

    @Test
    void whatIsNotServedIsNotFound() {
        table.serve(ApiKey.API_VERSIONS, 1, 4, handler);
        assertThat(table.find(17)).isNull();
        assertThat(table.find(19)).isNull();
        assertThat(table.find(-1)).isNull();
        assertThat(table.find(Short.MAX_VALUE)).isNull();
        var entry = table.find(18);
        assertThat(entry.serves((short) 0)).isFalse();
        assertThat(entry.serves((short) 1)).isTrue();
        assertThat(entry.serves((short) 5)).isFalse();
    }
}
