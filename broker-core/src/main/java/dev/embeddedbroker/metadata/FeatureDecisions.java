package dev.embeddedbroker.metadata;

import dev.embeddedbroker.metadata.FeatureChange.Direction;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finalizing other levels of features: all the changes of a command are made, or none (KIP-584). */
final class FeatureDecisions {

    /** The levels of {@code metadata.version} that brought new records; going back over one could lose some. */
    private static final Set<Integer> LEVELS_WITH_NEW_RECORDS = Set.of(7, 8, 11, 13, 14, 15, 17, 23, 30, 32, 33);

    private FeatureDecisions() {}

    static Result update(ControllerCommand.UpdateFeatures command, ClusterImage image, List<Message> records) {
        var written = new ArrayList<Message>();
        for (var change : command.changes()) {
            short present = image.feature(change.feature());
            var refusal = refusalOf(change, present);
            if (refusal != null) {
                return Result.refused(
                        ErrorCode.INVALID_UPDATE_VERSION,
                        "Invalid update version " + change.level() + " for feature " + change.feature() + ". "
                                + refusal);
            }
            if (change.level() != present) {
                written.add(new FeatureLevelRecord().setName(change.feature()).setFeatureLevel(change.level()));
            }
        }
        if (!command.validateOnly()) records.addAll(written);
        return Result.OK;
    }

    private static @Nullable String refusalOf(FeatureChange change, short present) {
        if (change.level() < 0) return "A feature version cannot be less than 0.";
        var range = Features.supported().get(change.feature());
        if (range == null) return "Local controller does not support this feature.";
        if (!range.contains(change.level())) {
            return "Local controller only supports versions " + range.min() + "-" + range.max();
        }
        if (change.level() < present && change.direction() == Direction.UPGRADE) {
            return "Can't downgrade the version of this feature without setting the upgrade type to either safe or"
                    + " unsafe downgrade.";
        }
        if (change.level() > present && change.direction() != Direction.UPGRADE) {
            return "Can't downgrade to a newer version.";
        }
        if (change.feature().equals(Features.METADATA_VERSION) && losesRecords(change.level(), present)) {
            return change.direction() == Direction.UNSAFE_DOWNGRADE
                    ? "Unsafe metadata downgrade is not supported in this version."
                    : "Refusing to perform the requested downgrade because it might delete metadata information.";
        }
        return null;
    }

    private static boolean losesRecords(int level, int present) {
        for (int crossed = level + 1; crossed <= present; crossed++) {
            if (LEVELS_WITH_NEW_RECORDS.contains(crossed)) return true;
        }
        return false;
    }
}
