package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.BrokerRegistrationChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;

/** The version each metadata record is written in, as the cluster's finalized {@code metadata.version} allows. */
final class RecordVersions {

    /** 3.7-IV2: log directories (KIP-858). */
    private static final int DIRECTORIES = 17;
    /** 4.0-IV1: eligible leader replicas (KIP-966). */
    private static final int ELIGIBLE_LEADERS = 23;
    /** 4.3-IV0: cordoned log directories (KIP-1066). */
    private static final int CORDONED_DIRECTORIES = 30;

    private RecordVersions() {}

    static boolean knowDirectories(int metadataVersion) {
        return metadataVersion >= DIRECTORIES;
    }

    static short of(Message record, int metadataVersion) {
        if (record.highestSupportedVersion() == 0) return 0;
        if (record instanceof PartitionRecord || record instanceof PartitionChangeRecord) {
            return (short) (metadataVersion >= ELIGIBLE_LEADERS ? 2 : metadataVersion >= DIRECTORIES ? 1 : 0);
        }
        if (record instanceof RegisterBrokerRecord) {
            if (metadataVersion >= CORDONED_DIRECTORIES) return 4;
            return (short) (metadataVersion >= DIRECTORIES ? 3 : metadataVersion >= 8 ? 2 : 1);
        }
        if (record instanceof BrokerRegistrationChangeRecord change) {
            if (change.cordonedLogDirs != null) return 3;
            if (!change.logDirs.isEmpty()) return 2;
            return (short) (change.inControlledShutdown != 0 ? 1 : 0);
        }
        return 0;
    }
}
