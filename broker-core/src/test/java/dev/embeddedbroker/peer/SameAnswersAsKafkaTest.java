package dev.embeddedbroker.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.FreePort;
import dev.embeddedbroker.outgrow.ApacheKafka;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same calls, right and wrong ones, to Apache Kafka 4.4.0 and to this broker: the answers are the same, field by field. */
class SameAnswersAsKafkaTest {
    private static final List<String> SCRIPTS =
            List.of("topics", "configs", "cluster", "records", "groups", "transactions", "deletions");

    /** How long a question is repeated while the answers differ: Kafka's broker learns later than its controller. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path directory;

    private final Map<String, List<Short>> differences = new LinkedHashMap<>();
    private final Map<ApiKeys, RequestForm> forms = new HashMap<>();
    private final Set<AcceptedDifference> met = new HashSet<>();
    private int calls;
    private boolean patient = true;

    @Test
    void answersAreKafkasFieldByField() throws Exception {
        var settings = new HashMap<>(ApacheKafka.SMALL);
        settings.put("controller.quorum.append.linger.ms", "1");
        settings.put("group.consumer.assignment.interval.ms", "1000");
        // the records are years old: either broker would delete them half a minute after its start
        settings.put("log.initial.task.delay.ms", "" + TimeUnit.HOURS.toMillis(1));
        Path theirs = directory.resolve("kafka");
        Path mine = directory.resolve("embedded");
        ApacheKafka.format(theirs, "4L6g3nShT-eMCtK--X86sw");
        var builder = EmbeddedBroker.builder().dataDirectory(mine).config("node.id", "" + ApacheKafka.NODE_ID);
        settings.forEach(builder::config);
        try (var kafka = ApacheKafka.start(theirs, FreePort.any(), settings);
                var embedded = builder.build().start();
                var ours = new Side(embedded.bootstrapServers(), mine.toString());
                var peer = new Side(kafka.bootstrapServers(), theirs.toString())) {
            for (String script : SCRIPTS) {
                for (Script.Step step : Script.read(script).steps()) {
                    if (step instanceof Script.Call call) {
                        compare(ours, peer, call);
                    } else if (step instanceof Script.Deed deed) {
                        Deeds.on(List.of(ours, peer), deed);
                    }
                }
            }
            compareAdminCalls(ours, peer);
            assertThat(embedded.failure()).isEmpty();
        }
        assertThat(report()).isEmpty();
        assertThat(AcceptedDifference.ALL).as("still to be met with").allMatch(met::contains);
        assertThat(calls).isGreaterThan(2_050);
    }

    private void compare(Side ours, Side peer, Script.Call call) throws Exception {
        var form = forms.computeIfAbsent(call.key(), RequestForm::new);
        int made = 0;
        for (short version = call.min(); version <= call.max(); version++) {
            long start = System.nanoTime();
            var answers = ask(ours, peer, call, version, form);
            if (answers == null) {
                continue;
            }
            made++;
            while (!answers.isEmpty() && call.repeatable() && patient && System.nanoTime() - start < PATIENCE_NANOS) {
                answers = ask(ours, peer, call, version, form);
            }
            if (!answers.isEmpty()) {
                patient &= !call.repeatable();
                for (var each : answers) {
                    String what = (call.where() + " " + call.key() + " " + each)
                            .replaceAll("v" + version + "\\b", "v<version>");
                    differences.computeIfAbsent(what, w -> new ArrayList<>()).add(version);
                }
            }
        }
        assertThat(made).as(call.where() + " is made at some version").isPositive();
        calls += made;
    }

    private void compareAdminCalls(Side ours, Side peer) throws Exception {
        try (var mine = Admin.create(Map.of("bootstrap.servers", ours.bootstrapServers()));
                var theirs = Admin.create(Map.of("bootstrap.servers", peer.bootstrapServers()))) {
            for (var call : AdminCalls.ALL.entrySet()) {
                calls++;
                long start = System.nanoTime();
                String answer;
                String expected;
                do {
                    answer = ours.common(AdminCalls.outcome(call.getValue(), mine));
                    expected = peer.common(AdminCalls.outcome(call.getValue(), theirs));
                } while (!answer.equals(expected) && patient && System.nanoTime() - start < PATIENCE_NANOS);
                if (!answer.equals(expected)) {
                    String what = "Admin " + call.getKey() + "\n    ours:  " + answer + "\n    Kafka: " + expected;
                    differences.put(what, List.of());
                }
            }
        }
    }

    private String report() {
        return differences.entrySet().stream()
                .map(each -> each.getKey() + "\n    versions " + each.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** The differences that are not accepted; null if the request can't be made at this version. */
    private List<Answer.Difference> ask(Side ours, Side peer, Script.Call call, short version, RequestForm form)
            throws Exception {
        var mine = form.at(version, ours.localized(call.at(version)));
        var theirs = form.at(version, peer.localized(call.at(version)));
        if (mine.isEmpty() || theirs.isEmpty()) {
            return null;
        }
        ours.send(call.key(), version, mine.get());
        peer.send(call.key(), version, theirs.get());
        var differing = Answer.differences(ours.receive(call.key(), version), peer.receive(call.key(), version));
        return differing.stream().filter(each -> !accepted(call.key(), each)).toList();
    }

    private boolean accepted(ApiKeys key, Answer.Difference difference) {
        var reason = AcceptedDifference.ALL.stream()
                .filter(each -> each.covers(key, difference))
                .findFirst();
        reason.ifPresent(met::add);
        return reason.isPresent();
    }
}
