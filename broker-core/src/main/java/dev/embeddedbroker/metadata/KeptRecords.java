package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.AccessControlEntryRecord;
import dev.embeddedbroker.protocol.record.metadata.BrokerRegistrationChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.DelegationTokenRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterControllerRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveAccessControlEntryRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveDelegationTokenRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveUserScramCredentialRecord;
import dev.embeddedbroker.protocol.record.metadata.TopicRecord;
import dev.embeddedbroker.protocol.record.metadata.UnregisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.UnregisterControllerRecord;
import dev.embeddedbroker.protocol.record.metadata.UserScramCredentialRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records in force that say more than an image does: kept as they are, so that a snapshot of the log loses nothing,
 * whoever reads it.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe; what {@link #all} gives is nobody's and does not change.
 */
final class KeptRecords {

    /** With its own {@code equals}: a record's, made at the first call, would cost the start of each JVM 20 ms. */
    private record Key(Class<?> kind, Object id) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.kind == kind && key.id.equals(id);
        }

        @Override
        public int hashCode() {
            return 31 * kind.hashCode() + id.hashCode();
        }
    }

    private record Credential(String user, byte mechanism) {}

    private final Map<Key, Message> records = new LinkedHashMap<>();

    /** Asks first for what comes in every start, and most often: each class that is asked for is loaded for it. */
    void apply(Message record) {
        if (record instanceof FeatureLevelRecord || record instanceof ConfigRecord) {
            return; // the image has all of it
        }
        if (record instanceof RegisterBrokerRecord broker) {
            put(broker.brokerId, broker);
        } else if (record instanceof BrokerRegistrationChangeRecord change) {
            var broker = registration(change.brokerId);
            if (broker != null && change.cordonedLogDirs != null) broker.cordonedLogDirs = change.cordonedLogDirs;
        } else if (!(record instanceof TopicRecord || record instanceof PartitionRecord)) {
            applyRarer(record);
        }
    }

    private void applyRarer(Message record) {
        if (record instanceof UnregisterBrokerRecord gone) {
            remove(RegisterBrokerRecord.class, gone.brokerId);
        } else if (record instanceof RegisterControllerRecord controller) {
            put(controller.controllerId, controller);
        } else if (record instanceof UnregisterControllerRecord gone) {
            remove(RegisterControllerRecord.class, gone.controllerId);
        } else {
            applyToSecurity(record);
        }
    }

    private void applyToSecurity(Message record) {
        if (record instanceof AccessControlEntryRecord entry) {
            put(entry.id, entry);
        } else if (record instanceof RemoveAccessControlEntryRecord gone) {
            remove(AccessControlEntryRecord.class, gone.id);
        } else if (record instanceof UserScramCredentialRecord user) {
            put(new Credential(user.name, user.mechanism), user);
        } else if (record instanceof RemoveUserScramCredentialRecord gone) {
            remove(UserScramCredentialRecord.class, new Credential(gone.name, gone.mechanism));
        } else if (record instanceof DelegationTokenRecord token) {
            put(token.tokenId, token);
        } else if (record instanceof RemoveDelegationTokenRecord gone) {
            remove(DelegationTokenRecord.class, gone.tokenId);
        }
    }

    private void put(Object id, Message record) {
        records.put(new Key(record.getClass(), id), record);
    }

    private void remove(Class<?> kind, Object id) {
        records.remove(new Key(kind, id));
    }

    private @Nullable RegisterBrokerRecord registration(int broker) {
        return (RegisterBrokerRecord) records.get(new Key(RegisterBrokerRecord.class, broker));
    }

    /** All of them, in the order in which each first came. */
    List<Message> all() {
        return new ArrayList<>(records.values());
    }
}
