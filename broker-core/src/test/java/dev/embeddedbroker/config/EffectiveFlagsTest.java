package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A setting is marked as effective if and only if the broker reads it, itself or through the setting that falls back on it. */
class EffectiveFlagsTest {
    /** Classes beside the tables that read settings to act on them. */
    private static final Set<String> ACTING = Set.of("TopicLogOptions", "BrokerConfig");

    /** Settings whose flag is not what the code shows, each with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "broker.id", "read under the name node.id, of which it is the older form",
            "metrics", "read with its subscription, by TelemetryClients",
            "interval.ms", "read with its subscription, by TelemetryClients",
            "match", "read with its subscription, by TelemetryClients");

    @Test
    void aSettingIsEffectiveIfAndOnlyIfItIsRead() throws Exception {
        var read = settingsRead();
        for (ConfigKey<?> key : ConfigTable.of(Scope.TOPIC).keys()) {
            if (read.contains(key)) {
                TopicSynonyms.of(key).forEach(synonym -> read.add(synonym.key()));
            }
        }
        for (ConfigKey<?> key : ConfigTable.of(Scope.GROUP).keys()) {
            var broker = GroupSynonyms.of(key);
            if (broker != null && read.contains(key)) {
                read.add(broker);
            }
        }
        var differing = new TreeSet<String>();
        for (Scope scope : Scope.values()) {
            for (ConfigKey<?> key : ConfigTable.of(scope).keys()) {
                boolean excepted = EXCEPTIONS.containsKey(key.name());
                if (key.isEffective() != (read.contains(key) != excepted)) {
                    differing.add(scope + " " + key + (key.isEffective() ? " is effective, not read" : " is read"));
                }
            }
        }
        assertThat(differing).isEmpty();
    }

    private static Set<ConfigKey<?>> settingsRead() throws Exception {
        var read = new HashSet<ConfigKey<?>>();
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.embeddedbroker");
        for (var each : classes) {
            boolean acts = !each.getPackageName().equals(ConfigKey.class.getPackageName())
                    || ACTING.contains(each.getSimpleName());
            if (acts) {
                for (JavaFieldAccess access : each.getFieldAccessesFromSelf()) {
                    var field = access.getTarget();
                    if (field.getRawType().isEquivalentTo(ConfigKey.class)) {
                        var constant = Class.forName(field.getOwner().getName()).getField(field.getName());
                        constant.setAccessible(true);
                        read.add((ConfigKey<?>) constant.get(null));
                    }
                }
            }
        }
        return read;
    }
}
