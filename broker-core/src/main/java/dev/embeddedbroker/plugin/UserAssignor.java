package dev.embeddedbroker.plugin;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.AssignmentFailed;
import dev.embeddedbroker.coordinator.group.assign.Assignor;
import dev.embeddedbroker.coordinator.group.assign.MemberSpec;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.Uuid;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An assignor of the user's (KIP-848): an implementation of an interface that comes with {@code kafka-group-coordinator-api}
 * beside the user's kafka-clients.
 *
 * <p><b>Owner:</b> none; loops of several shards may ask at once, as in Kafka.
 */
final class UserAssignor implements Assignor {
    private static final String PACKAGE = "org.apache.kafka.coordinator.group.api.assignor.";
    static final String INTERFACE = PACKAGE + "ConsumerGroupPartitionAssignor";

    private static final String ASSIGNOR = PACKAGE + "PartitionAssignor";
    private static final String SPEC = PACKAGE + "GroupSpec";
    private static final String DESCRIBER = PACKAGE + "SubscribedTopicDescriber";
    private static final String SUBSCRIPTION = PACKAGE + "MemberSubscription";
    private static final String ASSIGNMENT = PACKAGE + "MemberAssignment";
    private static final String UUID = "org.apache.kafka.common.Uuid";

    private final UserObject user;
    private final String name;

    UserAssignor(UserObject user) {
        this.user = user;
        try {
            this.name = String.valueOf(user.call(ASSIGNOR, "name", new Class<?>[] {}));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(user + " does not tell its name", e.getTargetException());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Assignment> assign(List<MemberSpec> members, TopicCatalog topics) {
        var types = new Class<?>[] {user.kafka(SPEC), user.kafka(DESCRIBER)};
        try {
            var answer = user.call(ASSIGNOR, "assign", types, spec(members, topics), describer(topics));
            if (answer == null) {
                throw new AssignmentFailed(user + " gave null (expected: an assignment)");
            }
            var assigned = (Map<?, ?>) UserObject.call(answer.getClass(), answer, "members", new Class<?>[] {});
            var all = new HashMap<String, Assignment>();
            if (assigned != null) {
                for (var one : assigned.entrySet()) {
                    all.put((String) one.getKey(), assignment(one.getValue()));
                }
            }
            return all;
        } catch (InvocationTargetException e) {
            throw new AssignmentFailed(String.valueOf(e.getTargetException().getMessage()), e.getTargetException());
        }
    }

    private Assignment assignment(Object theirs) throws InvocationTargetException {
        var partitions = (Map<?, ?>) UserObject.call(user.kafka(ASSIGNMENT), theirs, "partitions", new Class<?>[] {});
        var ours = new HashMap<Uuid, Set<Integer>>();
        if (partitions != null) {
            for (var topic : partitions.entrySet()) {
                var indexes = new TreeSet<Integer>();
                ((Set<?>) topic.getValue()).forEach(index -> indexes.add((Integer) index));
                ours.put(ourId(topic.getKey()), indexes);
            }
        }
        return Assignment.of(ours);
    }

    // ---- the group, as the user's interfaces show it ----

    private Object spec(List<MemberSpec> members, TopicCatalog topics) {
        var byId = new LinkedHashMap<String, MemberSpec>();
        members.forEach(member -> byId.put(member.memberId(), member));
        boolean isHomogeneous = members.stream()
                .allMatch(member -> member.topics().equals(members.get(0).topics()));
        var type = user.named(PACKAGE + "SubscriptionType", "valueOf", isHomogeneous ? "HOMOGENEOUS" : "HETEROGENEOUS");
        return view(
                SPEC,
                Map.of(
                        "memberIds", arguments -> byId.keySet(),
                        "subscriptionType", arguments -> type,
                        "isPartitionAssigned", arguments -> isAssigned(members, arguments),
                        "isPartitionAssignable", arguments -> (int) arguments[1] < count(topics, arguments[0]),
                        "memberSubscription", arguments -> subscription(member(byId, arguments[0])),
                        "memberAssignment", arguments -> before(member(byId, arguments[0]))));
    }

    private static MemberSpec member(Map<String, MemberSpec> byId, Object memberId) {
        var member = byId.get(String.valueOf(memberId));
        if (member == null) {
            throw new IllegalArgumentException("Member Id " + memberId + " not found.");
        }
        return member;
    }

    private static boolean isAssigned(List<MemberSpec> members, Object[] arguments) {
        var topic = ourId(arguments[0]);
        int index = (int) arguments[1];
        return members.stream().anyMatch(member -> member.before().contains(topic, index));
    }

    private Object subscription(MemberSpec member) {
        var topics = new HashSet<>();
        member.topics().forEach(topic -> topics.add(theirId(topic)));
        return view(
                SUBSCRIPTION,
                Map.of(
                        "rackId", arguments -> Optional.ofNullable(member.rackId()),
                        "instanceId", arguments -> Optional.ofNullable(member.instanceId()),
                        "subscribedTopicIds", arguments -> topics));
    }

    private Object before(MemberSpec member) {
        var partitions = new HashMap<>();
        member.before()
                .partitions()
                .forEach((topic, indexes) -> partitions.put(theirId(topic), new HashSet<>(indexes)));
        var unmodifiable = Collections.unmodifiableMap(partitions); // which Kafka's own classes insist on
        return view(ASSIGNMENT, Map.of("partitions", arguments -> unmodifiable));
    }

    private Object describer(TopicCatalog topics) {
        return view(
                DESCRIBER,
                Map.of(
                        "numPartitions", arguments -> count(topics, arguments[0]),
                        "racksForPartition", arguments -> racks(topics, arguments[0], (int) arguments[1])));
    }

    private static int count(TopicCatalog topics, Object id) {
        var topic = topics.topic(ourId(id));
        return topic == null ? -1 : topic.partitionCount();
    }

    private static Set<String> racks(TopicCatalog topics, Object id, int index) {
        var topic = topics.topic(ourId(id));
        return topic == null || index >= topic.partitionCount()
                ? Set.of()
                : new HashSet<>(topic.racks().get(index));
    }

    private Object theirId(Uuid id) {
        return user.make(
                UUID, new Class<?>[] {long.class, long.class}, id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static Uuid ourId(Object theirs) {
        try {
            return new Uuid(half(theirs, "getMostSignificantBits"), half(theirs, "getLeastSignificantBits"));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("a topic id of kafka-clients cannot be read", e);
        }
    }

    private static long half(Object id, String getter) throws InvocationTargetException {
        var half = (Long) UserObject.call(id.getClass(), id, getter, new Class<?>[] {});
        return half == null ? 0 : half;
    }

    private Object view(String interfaceName, Map<String, Function<Object[], @Nullable Object>> answers) {
        var type = user.kafka(interfaceName);
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            var answer = answers.get(method.getName());
            if (answer != null) {
                return answer.apply(arguments == null ? new Object[0] : arguments);
            }
            return switch (method.getName()) {
                case "toString" -> type.getSimpleName();
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                default -> throw new UnsupportedOperationException(method.toString());
            };
        });
    }
}
