package dev.embeddedbroker.plugin;

import dev.embeddedbroker.metadata.QuotaEntity;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holders of quotas as objects of the user's {@code ClientQuotaEntity}; two of the same holder are equal. Any thread. */
final class UserQuotaEntities {

    private static final String ENTITY = "org.apache.kafka.server.quota.ClientQuotaEntity";
    private static final String DEFAULT = "<default>";

    private final UserObject callback;

    UserQuotaEntities(UserObject callback) {
        this.callback = callback;
    }

    Object of(QuotaEntity entity) {
        var parts = new ArrayList<Object>();
        for (var type : List.of(QuotaEntity.USER, QuotaEntity.CLIENT_ID)) {
            if (entity.names().containsKey(type)) {
                parts.add(part(type, entity.names().get(type)));
            }
        }
        return proxy(ENTITY, new Answers("configEntities", List.copyOf(parts), "", parts, parts.toString()));
    }

    private Object part(String type, @Nullable String name) {
        var constant = (type.equals(QuotaEntity.USER) ? "USER" : "CLIENT_ID");
        var kind = callback.named(
                ENTITY + "$ConfigEntityType", "valueOf", name == null ? "DEFAULT_" + constant : constant);
        String told = name == null ? DEFAULT : name;
        String text = name == null ? "default " + type : type + " " + name;
        return proxy(ENTITY + "$ConfigEntity", new Answers("name", told, "entityType", kind, text));
    }

    private Object proxy(String interfaceName, Answers answers) {
        var type = callback.kafka(interfaceName);
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers);
    }

    /** What an object answers to one or two methods without parameters; equal answers make equal objects. */
    private record Answers(String method, Object answer, String otherMethod, Object otherAnswer, String text)
            implements InvocationHandler {

        @Override
        public Object invoke(Object proxy, Method called, Object @Nullable [] arguments) {
            String name = called.getName();
            if (name.equals(method)) {
                return answer;
            }
            if (name.equals(otherMethod)) {
                return otherAnswer;
            }
            return switch (name) {
                case "equals" ->
                    arguments != null
                            && arguments[0] != null
                            && Proxy.isProxyClass(arguments[0].getClass())
                            && equals(Proxy.getInvocationHandler(arguments[0]));
                case "hashCode" -> hashCode();
                case "toString" -> text;
                default -> throw new UnsupportedOperationException(name + " of " + text);
            };
        }
    }
}
