package dev.embeddedbroker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.header.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TablesAgainstKafkaTest {

    @Test
    void everyErrorOfKafkaIsOursAndNoOther() {
        assertThat(Arrays.stream(ErrorCode.values()).map(Enum::name))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Errors.values()).map(Enum::name).toList());
    }

    @ParameterizedTest
    @EnumSource
    void errorHasKafkasNumberAndRetriability(Errors theirs) {
        ErrorCode ours = ErrorCode.valueOf(theirs.name());
        assertThat(ours.id()).isEqualTo(theirs.code());
        assertThat(ours.retriable()).isEqualTo(theirs.exception() instanceof RetriableException);
        assertThat(ours.text()).isNotBlank().endsWith(".");
        assertThat(ErrorCode.forId(theirs.code())).isSameAs(ours);
    }

    @Test
    void unknownErrorNumberIsUnknownServerErrorAsInKafka() {
        for (short id : new short[] {Short.MIN_VALUE, -2, 137, 1000, Short.MAX_VALUE}) {
            assertThat(ErrorCode.forId(id).name()).isEqualTo(Errors.forCode(id).name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void apiKeyIsKafkas(ApiKeys theirs) {
        ApiKey ours = ApiKey.valueOf(theirs.name());
        assertThat(ours.id()).isEqualTo(theirs.id);
        assertThat(ApiKey.forId(theirs.id)).isSameAs(ours);
        assertThat(ours.hasVersions()).isEqualTo(theirs.hasValidVersion());
        assertThat(ours.oldestVersion()).isEqualTo(theirs.oldestVersion());
        assertThat(ours.latestVersion()).isEqualTo(theirs.latestVersion());
        assertThat(ours.latestStableVersion()).isEqualTo(theirs.latestVersion(false));
        assertThat(ours.onBroker()).isEqualTo(theirs.inScope(ApiMessageType.ListenerType.BROKER));
        assertThat(ours.onController()).isEqualTo(theirs.inScope(ApiMessageType.ListenerType.CONTROLLER));
        for (short v = ours.oldestVersion(); v <= ours.latestVersion(); v++) {
            assertThat(ours.requestHeaderVersion(v)).isEqualTo(theirs.requestHeaderVersion(v));
            assertThat(ours.responseHeaderVersion(v)).isEqualTo(theirs.responseHeaderVersion(v));
            assertThat(ours.isFlexible(v)).isEqualTo(theirs.requestHeaderVersion(v) == 2);
        }
    }

    @Test
    void apiKeysAreAllOfKafkasAndInItsOrder() {
        assertThat(Arrays.stream(ApiKey.values()).map(Enum::name))
                .containsExactlyElementsOf(
                        Arrays.stream(ApiKeys.values()).map(Enum::name).toList());
        assertThat(ApiKey.forId(-1)).isNull();
        assertThat(ApiKey.forId(ApiKey.values().length)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void apiKeyMakesItsOwnMessages(ApiKey key) {
        if (!key.hasVersions()) {
            assertThatThrownBy(key::newRequest).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(key::newResponse).isInstanceOf(UnsupportedOperationException.class);
            return;
        }
        assertThat(key.newRequest().api()).isSameAs(key);
        assertThat(key.newResponse().api()).isSameAs(key);
    }

    @Test
    void requestFrameIsByteForByteKafkas() {
        for (ApiKeys theirs : ApiKeys.values()) {
            for (short v = theirs.oldestVersion(); v <= theirs.latestVersion(); v++) {
                ApiKey ours = ApiKey.forId(theirs.id);
                RequestHeader header = new RequestHeader()
                        .setRequestApiKey(ours.id())
                        .setRequestApiVersion(v)
                        .setCorrelationId(77)
                        .setClientId(v % 2 == 0 ? "client-ä" : null);
                WireWriter out = new WireWriter(8);
                header.write(out, ours.requestHeaderVersion(v));
                var kafka = new org.apache.kafka.common.requests.RequestHeader(theirs, v, header.clientId, 77);
                ByteBuffer expected = MessageUtil.toByteBufferAccessor(kafka.data(), theirs.requestHeaderVersion(v))
                        .buffer();
                assertThat(out.toByteBuffer()).isEqualTo(expected);

                WireWriter response = new WireWriter(8);
                new ResponseHeader().setCorrelationId(77).write(response, ours.responseHeaderVersion(v));
                assertThat(response.toByteBuffer())
                        .isEqualTo(MessageUtil.toByteBufferAccessor(
                                        kafka.toResponseHeader().data(), theirs.responseHeaderVersion(v))
                                .buffer());
            }
        }
    }

    @Test
    void recordNumbersAreKafkas() {
        for (MetadataRecordType type : MetadataRecordType.values()) {
            assertThat(dev.embeddedbroker.protocol.record.metadata.MetadataRecords.newRecord(type.id())
                            .getClass()
                            .getSimpleName())
                    .isEqualTo(type.newMetadataRecord().getClass().getSimpleName());
        }
        for (CoordinatorRecordType type : CoordinatorRecordType.values()) {
            assertThat(dev.embeddedbroker.protocol.record.group.GroupRecords.newKey(type.id())
                            .getClass()
                            .getSimpleName())
                    .isEqualTo(type.newRecordKey().getClass().getSimpleName());
            assertThat(dev.embeddedbroker.protocol.record.group.GroupRecords.newValue(type.id())
                            .getClass()
                            .getSimpleName())
                    .isEqualTo(type.newRecordValue().getClass().getSimpleName());
        }
        assertThat(dev.embeddedbroker.protocol.record.metadata.MetadataRecords.newRecord(9999))
                .isNull();
    }
}
