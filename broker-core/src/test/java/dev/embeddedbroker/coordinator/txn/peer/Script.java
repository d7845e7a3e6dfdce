package dev.embeddedbroker.coordinator.txn.peer;

import dev.embeddedbroker.coordinator.txn.peer.Side.Identity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** What producers, administrators and other brokers may ask about transactions, rightly or wrongly, from a seed. */
final class Script {
    private static final int TIMEOUT_MS = 600_000;
    private static final List<String> GROUPS = List.of("g-0", "g-1");

    /** One thing to ask, of either broker. */
    record Step(String what, Function<Side, String> ask) {}

    private final Random random;
    private final Requests requests;
    private List<String> ids;
    private boolean hasNewClients = true;
    private final Map<String, List<Integer>> known = new HashMap<>();
    private int keys;
    private int values;

    Script(long seed, Requests requests) {
        this.random = new Random(seed);
        this.requests = requests;
        this.ids = List.of();
    }

    /** From now on it is about these ids. @param hasNewClients whether some get an epoch with each transaction (KIP-890) */
    void about(List<String> those, boolean hasNewClients) {
        this.ids = those;
        this.hasNewClients = hasNewClients;
    }

    private List<Integer> keysOf(String id) {
        return known.computeIfAbsent(id, unseen -> new ArrayList<>());
    }

    /** Somebody has been given an identity for a transactional id; the key it will be asked for by. */
    int known(String id) {
        keysOf(id).add(++keys);
        return keys;
    }

    // ---- choosing ----

    private String id() {
        return ids.get(random.nextInt(ids.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int version(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    /** Who asks: mostly whoever was given the id last. */
    private Function<Side, Identity> who(String id) {
        return who(id, chance(94) ? 0 : random.nextInt(4) - 2);
    }

    private Function<Side, Identity> who(String id, int ahead) {
        var keysOfId = keysOf(chance(95) ? id : id());
        if (keysOfId.isEmpty()) {
            return side -> side.identity(0);
        }
        int back = chance(80) ? 1 : 1 + random.nextInt(Math.min(4, keysOfId.size()));
        int key = keysOfId.get(keysOfId.size() - back);
        return side -> {
            var identity = side.identity(key);
            return ahead == 0
                    ? identity
                    : new Identity(identity.producerId(), (short) Math.max(0, identity.epoch() + ahead));
        };
    }

    private List<String> partitions() {
        var some = new ArrayList<String>();
        do {
            int index = chance(96) ? random.nextInt(Requests.PARTITIONS) : 9;
            some.add((chance(97) ? Requests.TOPIC : "absent") + "-" + index);
        } while (chance(40));
        return some.stream().distinct().toList();
    }

    // ---- steps ----

    Step next() {
        String id = id();
        int dice = random.nextInt(100);
        if (dice < 14) {
            return init(id);
        } else if (dice < 28) {
            return add(id);
        } else if (dice < 36) {
            return batch();
        } else if (dice < 56) {
            return produce(id);
        } else if (dice < 61) {
            return addOffsets(id);
        } else if (dice < 67) {
            return commitOffsets(id);
        } else if (dice < 88) {
            return end(id);
        } else if (dice < 90) {
            return markers(id);
        } else if (dice < 92) {
            return timeOut(id);
        } else if (dice < 93) {
            return deleteRecords();
        }
        return list();
    }

    private Step init(String id) {
        int version = version(0, 6);
        boolean again = version >= 3 && chance(50);
        var who = again ? who(id) : null;
        int timeoutMs = chance(95) ? TIMEOUT_MS : random.nextInt(3) == 0 ? 0 : chance(50) ? -1 : 900_001;
        boolean twoPhase = version >= 6 && chance(30);
        boolean keepPrepared = version >= 6 && chance(20);
        int before = keysOf(id).isEmpty() ? 0 : keysOf(id).get(keysOf(id).size() - 1);
        int key = known(id);
        return new Step("init " + id + " v" + version + (again ? " again" : "") + " key " + key, side -> {
            var request = new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(timeoutMs);
            if (who != null) {
                var identity = who.apply(side);
                request.setProducerId(identity.producerId()).setProducerEpoch(identity.epoch());
            }
            if (version >= 6) {
                request.setEnable2Pc(twoPhase).setKeepPreparedTxn(keepPrepared);
            }
            var answer = (InitProducerIdResponseData) side.ask(ApiKeys.INIT_PRODUCER_ID, version, request);
            side.know(
                    key,
                    answer.producerId() < 0
                            ? side.identity(before)
                            : new Identity(answer.producerId(), answer.producerEpoch()));
            return request.enable2Pc() + " " + request.keepPreparedTxn() + " " + side.text(answer, version);
        });
    }

    private Step add(String id) {
        int version = version(0, 3);
        var who = who(id);
        var partitions = partitions();
        return new Step(
                "add " + id + " v" + version + " " + partitions,
                side -> side.told(
                        ApiKeys.ADD_PARTITIONS_TO_TXN, version, Requests.add(id, who.apply(side), partitions)));
    }

    private record Asked(String id, Function<Side, Identity> who, boolean verify, List<String> partitions) {}

    private Step batch() {
        int version = version(4, 5);
        var all = new HashMap<String, Asked>();
        do {
            String id = id();
            all.put(id, new Asked(id, who(id), !hasNewClients || chance(50), partitions()));
        } while (chance(40));
        return new Step("add batch v" + version + " " + all.keySet(), side -> {
            List<AddPartitionsToTxnTransaction> transactions = all.values().stream()
                    .map(one -> Requests.transaction(one.id(), one.who().apply(side), one.verify(), one.partitions()))
                    .toList();
            return side.told(ApiKeys.ADD_PARTITIONS_TO_TXN, version, Requests.batch(transactions));
        });
    }

    private Step produce(String id) {
        int version = version(3, hasNewClients ? 13 : 11);
        var who = who(id);
        int partition = random.nextInt(Requests.PARTITIONS);
        int off = chance(92) ? 0 : chance(50) ? -1 : 5;
        String value = "v" + ++values;
        return new Step("produce " + id + " v" + version + " t-" + partition + (off == 0 ? "" : " " + off), side -> {
            var identity = who.apply(side);
            int sequence = Math.max(0, side.sequence(identity, "t-" + partition) + off);
            var request = requests.produce(version, id, identity, partition, sequence, value);
            var answer = (ProduceResponseData) side.ask(ApiKeys.PRODUCE, version, request);
            var result =
                    answer.responses().iterator().next().partitionResponses().get(0);
            if (result.errorCode() == 0 && off >= 0) {
                side.wrote(identity, "t-" + partition);
            }
            return side.text(answer, version);
        });
    }

    private Step addOffsets(String id) {
        int version = version(0, 4);
        var who = who(id);
        String group = GROUPS.get(random.nextInt(GROUPS.size()));
        return new Step("add offsets " + id + " v" + version, side -> {
            var identity = who.apply(side);
            var request = new AddOffsetsToTxnRequestData()
                    .setTransactionalId(id)
                    .setProducerId(identity.producerId())
                    .setProducerEpoch(identity.epoch())
                    .setGroupId(group);
            return side.told(ApiKeys.ADD_OFFSETS_TO_TXN, version, request);
        });
    }

    private Step commitOffsets(String id) {
        int version = version(0, hasNewClients ? 6 : 4);
        var who = who(id);
        String group = GROUPS.get(random.nextInt(GROUPS.size()));
        int generation = chance(90) ? -1 : 3;
        long offset = random.nextInt(1000);
        return new Step(
                "commit offsets " + id + " v" + version + " " + group + " " + offset,
                side -> side.told(
                        ApiKeys.TXN_OFFSET_COMMIT,
                        version,
                        requests.commit(version, id, who.apply(side), group, generation, offset)));
    }

    private Step end(String id) {
        int version = version(0, hasNewClients ? 5 : 4);
        var who = who(id);
        boolean commit = chance(60);
        int key = version >= 5 ? known(id) : 0;
        return new Step(
                "end " + id + " v" + version + (commit ? " commit" : " abort") + " key " + key,
                side -> end(side, id, version, who.apply(side), commit, key));
    }

    private static String end(Side side, String id, int version, Identity who, boolean commit, int key) {
        var request = new EndTxnRequestData()
                .setTransactionalId(id)
                .setProducerId(who.producerId())
                .setProducerEpoch(who.epoch())
                .setCommitted(commit);
        var answer = (EndTxnResponseData) side.ask(ApiKeys.END_TXN, version, request);
        if (version >= 5) {
            boolean isNew = answer.producerId() >= 0;
            side.know(key, isNew ? new Identity(answer.producerId(), answer.producerEpoch()) : who);
        }
        return side.awaitRest(id, false) + " " + side.text(answer, version);
    }

    private Step markers(String id) {
        int version = version(1, 2);
        // none of an epoch to come: Kafka would give up writing its own markers and leave the transaction as it is
        var who = who(id, 0);
        boolean commit = chance(30);
        int partition = random.nextInt(Requests.PARTITIONS);
        return new Step(
                "markers " + id + " v" + version + " t-" + partition,
                side -> side.told(
                        ApiKeys.WRITE_TXN_MARKERS,
                        version,
                        Requests.markers(version, who.apply(side), commit, partition)));
    }

    /** Also in the middle of an open transaction. */
    private Step deleteRecords() {
        int partition = random.nextInt(Requests.PARTITIONS);
        int more = chance(20) ? -1 : random.nextInt(6);
        return new Step("delete records of t-" + partition + " " + more, side -> {
            long before = more < 0 ? -1 : start(side, partition) + more;
            return side.told(ApiKeys.DELETE_RECORDS, 2, Requests.delete(partition, before));
        });
    }

    /** A transaction that is open too long, and what its producer is told then. */
    private Step timeOut(String id) {
        int version = version(0, hasNewClients ? 5 : 4);
        int initVersion = version(3, 5);
        int later = known(id);
        int last = known(id);
        return new Step("time out " + id + " end v" + version + " init v" + initVersion, side -> {
            var brief = new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(1);
            var first = (InitProducerIdResponseData) side.ask(ApiKeys.INIT_PRODUCER_ID, 4, brief);
            var who = new Identity(first.producerId(), first.producerEpoch());
            String told = side.text(first, 4);
            told += side.told(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, Requests.add(id, who, List.of("t-0")));
            told += side.awaitRest(id, true);
            told += describe(side, List.of(id));
            told += end(side, id, version, who, true, later);
            var again = new InitProducerIdRequestData()
                    .setTransactionalId(id)
                    .setTransactionTimeoutMs(TIMEOUT_MS)
                    .setProducerId(who.producerId())
                    .setProducerEpoch(who.epoch());
            var second = (InitProducerIdResponseData) side.ask(ApiKeys.INIT_PRODUCER_ID, initVersion, again);
            told += side.text(second, initVersion);
            var fresh = new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(TIMEOUT_MS);
            var third = (InitProducerIdResponseData) side.ask(ApiKeys.INIT_PRODUCER_ID, 4, fresh);
            side.know(last, new Identity(third.producerId(), third.producerEpoch()));
            return told + side.text(third, 4);
        });
    }

    // ---- looking ----

    private Step list() {
        int version = version(0, 2);
        var request = new ListTransactionsRequestData();
        if (chance(50)) {
            request.setStateFilters(List.of(chance(50) ? "Ongoing" : "CompleteCommit", chance(80) ? "Empty" : "Odd"));
        }
        if (version >= 1 && chance(50)) {
            request.setDurationFilter(chance(50) ? 10_000_000 : -1);
        }
        if (version >= 2 && chance(60)) {
            request.setTransactionalIdPattern(
                    List.of("", "id-.*", "id", ".*0", "(").get(random.nextInt(5)));
        }
        return new Step(
                "list v" + version + " " + request, side -> side.told(ApiKeys.LIST_TRANSACTIONS, version, request));
    }

    private static String offsets(Side side, long time) {
        String all = side.told(ApiKeys.LIST_OFFSETS, 8, Requests.offsets(time, false));
        return all + side.told(ApiKeys.LIST_OFFSETS, 8, Requests.offsets(time, true));
    }

    private static String fetch(Side side, int partition, boolean committed) {
        long start = start(side, partition);
        var request = Requests.fetch(partition, start, committed);
        return side.fetched((FetchResponseData) side.ask(ApiKeys.FETCH, 11, request));
    }

    static long start(Side side, int partition) {
        var answer = (ListOffsetsResponseData) side.ask(ApiKeys.LIST_OFFSETS, 8, Requests.offsets(-2, false));
        return answer.topics().get(0).partitions().stream()
                .filter(one -> one.partitionIndex() == partition)
                .findFirst()
                .orElseThrow()
                .offset();
    }

    /** Whether no partition has a record any more. */
    static boolean areEmpty(Side side) {
        return side.told(ApiKeys.LIST_OFFSETS, 8, Requests.offsets(-2, false))
                .equals(side.told(ApiKeys.LIST_OFFSETS, 8, Requests.offsets(-1, false)));
    }

    /** Whether only producers with open transactions are remembered. */
    static boolean areForgotten(Side side) {
        var answer =
                (DescribeProducersResponseData) side.ask(ApiKeys.DESCRIBE_PRODUCERS, 0, Requests.describeProducers());
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .flatMap(partition -> partition.activeProducers().stream())
                .allMatch(producer -> producer.currentTxnStartOffset() >= 0);
    }

    private static String describe(Side side, List<String> ids) {
        return side.told(
                ApiKeys.DESCRIBE_TRANSACTIONS, 0, new DescribeTransactionsRequestData().setTransactionalIds(ids));
    }

    /** Everything there is to be seen. */
    List<Step> look() {
        var asked = new ArrayList<>(ids);
        asked.addAll(List.of("unknown", ""));
        var steps = new ArrayList<>(List.of(
                new Step("describe", side -> describe(side, asked)),
                new Step("producers", side -> side.told(ApiKeys.DESCRIBE_PRODUCERS, 0, Requests.describeProducers())),
                new Step("start", side -> offsets(side, -2)),
                new Step("end", side -> offsets(side, -1))));
        for (int i = 0; i < Requests.PARTITIONS; i++) {
            int partition = i;
            steps.add(new Step("fetch t-" + i, side -> fetch(side, partition, false)));
            steps.add(new Step("fetch committed t-" + i, side -> fetch(side, partition, true)));
        }
        for (String group : GROUPS) {
            for (boolean stable : new boolean[] {false, true}) {
                steps.add(new Step(
                        "offsets " + group + " " + stable,
                        side -> side.told(ApiKeys.OFFSET_FETCH, 9, Requests.offsets(group, stable))));
            }
        }
        return steps;
    }
}
