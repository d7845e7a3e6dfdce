package dev.embeddedbroker.metadata;

import dev.embeddedbroker.metadata.FeatureChange.Direction;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finalizing other levels of features: all the changes of a command are made, or none (KIP-584). */
final class FeatureDecisions {

    private static final String MIN_ISR = "min.insync.replicas";

    private final ClusterImage image;
    private final ControllerSettings settings;

    FeatureDecisions(ClusterImage image, ControllerSettings settings) {
        this.image = image;
        this.settings = settings;
    }

    Result update(ControllerCommand.UpdateFeatures command, List<Message> records) {
        var levels = new HashMap<>(image.features());
        command.changes().forEach(change -> levels.put(change.feature(), change.level()));
        var written = new ArrayList<Message>();
        for (var change : command.changes()) {
            var refusal = refusalOf(change, levels, command.controller());
            if (refusal != null) return Result.refused(ErrorCode.INVALID_UPDATE_VERSION, refusal);
            if (change.feature().equals(Features.KRAFT_VERSION)) continue; // it is 0 and stays so
            written.add(new FeatureLevelRecord().setName(change.feature()).setFeatureLevel(change.level()));
            if (change.feature().equals(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) && change.level() > 0) {
                oneMinIsrForAll(written);
            }
        }
        if (!command.validateOnly()) records.addAll(written);
        return Result.OK;
    }

    private @Nullable String refusalOf(FeatureChange change, Map<String, Short> levels, int controller) {
        short present = image.feature(change.feature());
        if (change.direction() == null)
            return invalid(change, "The controller does not support the given upgrade type.");
        if (change.level() < 0) return invalid(change, "A feature version cannot be less than 0.");
        var range = Features.supported().get(change.feature());
        if (range == null && change.level() == 0) {
            return invalid(change, "Feature " + change.feature() + " not found.");
        }
        if (range == null) {
            return invalid(change, "Local controller " + controller + " does not support this feature.");
        }
        if (!range.contains(change.level())) {
            return invalid(
                    change,
                    "Local controller " + controller + " only supports versions " + range.min() + "-" + range.max());
        }
        if (change.level() < present && change.direction() == Direction.UPGRADE) {
            return invalid(
                    change,
                    "Can't downgrade the version of this feature without setting the upgrade type to either safe or"
                            + " unsafe downgrade.");
        }
        if (change.level() > present && change.direction() != Direction.UPGRADE) {
            return invalid(change, "Can't downgrade to a newer version.");
        }
        if (change.feature().equals(Features.METADATA_VERSION)) {
            return refusalOfMetadataVersion(change, present);
        }
        if (change.feature().equals(Features.KRAFT_VERSION) && change.level() != 0) {
            return invalid(change, "The quorum of this controller is static.");
        }
        var missing = Features.missingFor(change.feature(), change.level(), levels);
        return missing == null ? null : invalid(change, missing);
    }

    private static String invalid(FeatureChange change, String why) {
        return "Invalid update version " + change.level() + " for feature " + change.feature() + ". " + why;
    }

    private static @Nullable String refusalOfMetadataVersion(FeatureChange change, short present) {
        if (change.level() >= present || !MetadataVersions.losesRecords(change.level(), present)) return null;
        return "Unsupported metadata.version downgrade from " + present + " to " + change.level() + ". "
                + (change.direction() == Direction.UNSAFE_DOWNGRADE
                        ? "Unsafe metadata downgrade is not supported in this version."
                        : "Refusing to perform the requested downgrade because it might delete metadata information.");
    }

    /** With eligible leader replicas there is one {@code min.insync.replicas} for all brokers, and none of theirs. */
    private void oneMinIsrForAll(List<Message> written) {
        if (!image.configs(ConfigResource.everyBroker()).containsKey(MIN_ISR)) {
            written.add(brokerSetting("", Integer.toString(settings.minInSyncReplicas())));
        }
        for (var resource : image.configuredResources()) {
            if (resource.type() == ConfigResource.Type.BROKER
                    && !resource.name().isEmpty()
                    && image.configs(resource).containsKey(MIN_ISR)) {
                written.add(brokerSetting(resource.name(), null));
            }
        }
    }

    private static Message brokerSetting(String broker, @Nullable String value) {
        return new ConfigRecord()
                .setResourceType(ConfigResource.Type.BROKER.id())
                .setResourceName(broker)
                .setName(MIN_ISR)
                .setValue(value);
    }
}
