package dev.embeddedbroker.config;

import java.util.List;

/** SASL, principals, authorization and delegation tokens. */
interface SaslKeys {
    KeyGroup ALL_SASL = new KeyGroup(Scope.BROKER);

    ConfigKey<String> AUTHORIZER_CLASS_NAME = ALL_SASL.ofString("authorizer.class.name", "")
            .low()
            .doc("Class that decides which principal may do what; empty lets everybody do everything.");
    ConfigKey<List<String>> EARLY_START_LISTENERS = ALL_SASL.ofList("early.start.listeners", null)
            .words()
            .high()
            .doc("Listeners that open before authorization is ready.");
    ConfigKey<String> SASL_MECHANISM_CONTROLLER_PROTOCOL = ALL_SASL.ofString(
                    "sasl.mechanism.controller.protocol", "GSSAPI")
            .high()
            .doc("SASL mechanism for talking to the controller.");
    ConfigKey<Long> CONNECTIONS_MAX_REAUTH_MS = ALL_SASL.ofLong("connections.max.reauth.ms", 0L)
            .doc("Life of a SASL session before the client has to authenticate again (KIP-368).");
    ConfigKey<Integer> SASL_SERVER_MAX_RECEIVE_SIZE = ALL_SASL.ofInt("sasl.server.max.receive.size", 524_288)
            .doc("Largest SASL message taken from a client that is not authenticated yet.");
    ConfigKey<String> SECURITY_PROVIDERS =
            ALL_SASL.ofString("security.providers", null).low().doc("Classes that add security providers to the JVM.");
    ConfigKey<String> PRINCIPAL_BUILDER_CLASS = ALL_SASL.ofClass(
                    "principal.builder.class",
                    "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")
            .perBroker()
            .doc("Class that makes a principal of a connection.");
    ConfigKey<String> SASL_MECHANISM_INTER_BROKER_PROTOCOL = ALL_SASL.ofString(
                    "sasl.mechanism.inter.broker.protocol", "GSSAPI")
            .perBroker()
            .doc("SASL mechanism between brokers.");
    ConfigKey<List<String>> SASL_ENABLED_MECHANISMS = ALL_SASL.ofList("sasl.enabled.mechanisms", List.of("GSSAPI"))
            .words()
            .perBroker()
            .doc("SASL mechanisms that are offered.");
    ConfigKey<String> SASL_SERVER_CALLBACK_HANDLER_CLASS = ALL_SASL.ofClass("sasl.server.callback.handler.class", null)
            .doc("Class that checks credentials on the server.");
    ConfigKey<List<String>> SASL_KERBEROS_PRINCIPAL_TO_LOCAL_RULES = ALL_SASL.ofList(
                    "sasl.kerberos.principal.to.local.rules", List.of("DEFAULT"))
            .words()
            .perBroker()
            .doc("Rules that turn a Kerberos principal into a user name.");
    ConfigKey<Password> SASL_JAAS_CONFIG =
            ALL_SASL.ofPassword("sasl.jaas.config").perBroker().doc("Login modules and their options.");
    ConfigKey<String> SASL_CLIENT_CALLBACK_HANDLER_CLASS = ALL_SASL.ofClass("sasl.client.callback.handler.class", null)
            .doc("Class that gives credentials to a SASL client.");
    ConfigKey<String> SASL_LOGIN_CLASS =
            ALL_SASL.ofClass("sasl.login.class", null).doc("Class that logs in.");
    ConfigKey<String> SASL_LOGIN_CALLBACK_HANDLER_CLASS =
            ALL_SASL.ofClass("sasl.login.callback.handler.class", null).doc("Class that gives credentials to a login.");
    ConfigKey<String> SASL_KERBEROS_SERVICE_NAME =
            ALL_SASL.ofString("sasl.kerberos.service.name", null).perBroker().doc("Kerberos name of this service.");
    ConfigKey<String> SASL_KERBEROS_KINIT_CMD = ALL_SASL.ofString("sasl.kerberos.kinit.cmd", "/usr/bin/kinit")
            .perBroker()
            .doc("Path of kinit.");
    ConfigKey<Double> SASL_KERBEROS_TICKET_RENEW_WINDOW_FACTOR = ALL_SASL.ofDouble(
                    "sasl.kerberos.ticket.renew.window.factor", 0.8)
            .perBroker()
            .doc("Share of a ticket's life after which it is renewed.");
    ConfigKey<Double> SASL_KERBEROS_TICKET_RENEW_JITTER = ALL_SASL.ofDouble("sasl.kerberos.ticket.renew.jitter", 0.05)
            .perBroker()
            .doc("Random share added to the renewal time of a ticket.");
    ConfigKey<Long> SASL_KERBEROS_MIN_TIME_BEFORE_RELOGIN = ALL_SASL.ofLong(
                    "sasl.kerberos.min.time.before.relogin", 60_000L)
            .perBroker()
            .doc("Pause of the login thread between tries.");
    ConfigKey<Double> SASL_LOGIN_REFRESH_WINDOW_FACTOR = ALL_SASL.ofDouble("sasl.login.refresh.window.factor", 0.8)
            .perBroker()
            .doc("Share of a token's life after which it is renewed.");
    ConfigKey<Double> SASL_LOGIN_REFRESH_WINDOW_JITTER = ALL_SASL.ofDouble("sasl.login.refresh.window.jitter", 0.05)
            .perBroker()
            .doc("Random share added to the renewal time of a token.");
    ConfigKey<Short> SASL_LOGIN_REFRESH_MIN_PERIOD_SECONDS = ALL_SASL.ofShort(
                    "sasl.login.refresh.min.period.seconds", 60)
            .perBroker()
            .doc("Least time before a token is renewed.");
    ConfigKey<Short> SASL_LOGIN_REFRESH_BUFFER_SECONDS = ALL_SASL.ofShort("sasl.login.refresh.buffer.seconds", 300)
            .perBroker()
            .doc("Time before its end at which a token is renewed.");
    ConfigKey<Password> DELEGATION_TOKEN_SECRET_KEY = ALL_SASL.ofPassword("delegation.token.secret.key")
            .doc("Key that signs delegation tokens; none turns them off.");
    ConfigKey<Long> DELEGATION_TOKEN_MAX_LIFETIME_MS = ALL_SASL.ofLong("delegation.token.max.lifetime.ms", 604_800_000L)
            .atLeast(1)
            .doc("Longest life of a delegation token.");
    ConfigKey<Long> DELEGATION_TOKEN_EXPIRY_TIME_MS = ALL_SASL.ofLong("delegation.token.expiry.time.ms", 86_400_000L)
            .atLeast(1)
            .doc("Time a delegation token lives without renewal.");
    ConfigKey<Long> DELEGATION_TOKEN_EXPIRY_CHECK_INTERVAL_MS = ALL_SASL.ofLong(
                    "delegation.token.expiry.check.interval.ms", 3_600_000L)
            .atLeast(1)
            .low()
            .doc("Time between checks for expired delegation tokens.");
}
