package dev.embeddedbroker.node;

import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.config.SettingRules;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.host.TxnMarkers;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.plugin.TelemetryReceivers;
import java.util.random.RandomGenerator;

/** What a broker's handlers stand on. */
record Services(
        int nodeId,
        DataDirectory data,
        LoopGroup loops,
        LiveConfig config,
        SettingRules rules,
        MetadataView metadata,
        ControllerClient controller,
        Partitions partitions,
        GroupCoordinators groups,
        TransactionCoordinators transactions,
        TxnMarkers markers,
        Maintenance maintenance,
        TelemetryReceivers telemetry,
        RandomGenerator random) {}
