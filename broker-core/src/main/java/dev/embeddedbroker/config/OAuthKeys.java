package dev.embeddedbroker.config;

import java.util.List;

/** SASL OAUTHBEARER: tokens, assertions and the identity provider. */
interface OAuthKeys {
    KeyGroup ALL_OAUTH = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> SASL_LOGIN_CONNECT_TIMEOUT_MS = ALL_OAUTH
            .ofInt("sasl.login.connect.timeout.ms", null)
            .low()
            .doc("Time limit for connecting to the identity provider.");
    ConfigKey<Integer> SASL_LOGIN_READ_TIMEOUT_MS = ALL_OAUTH
            .ofInt("sasl.login.read.timeout.ms", null)
            .low()
            .doc("Time limit for an answer of the identity provider.");
    ConfigKey<Long> SASL_LOGIN_RETRY_BACKOFF_MAX_MS = ALL_OAUTH
            .ofLong("sasl.login.retry.backoff.max.ms", 10_000L)
            .low()
            .doc("Longest pause between calls of the identity provider.");
    ConfigKey<Long> SASL_LOGIN_RETRY_BACKOFF_MS = ALL_OAUTH
            .ofLong("sasl.login.retry.backoff.ms", 100L)
            .low()
            .doc("First pause between calls of the identity provider.");
    ConfigKey<String> SASL_OAUTHBEARER_JWT_RETRIEVER_CLASS = ALL_OAUTH
            .ofClass(
                    "sasl.oauthbearer.jwt.retriever.class",
                    "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever")
            .doc("Class that fetches tokens.");
    ConfigKey<String> SASL_OAUTHBEARER_JWT_VALIDATOR_CLASS = ALL_OAUTH
            .ofClass(
                    "sasl.oauthbearer.jwt.validator.class",
                    "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator")
            .doc("Class that checks tokens.");
    ConfigKey<String> SASL_OAUTHBEARER_SCOPE =
            ALL_OAUTH.ofString("sasl.oauthbearer.scope", null).doc("Scope asked of the identity provider.");
    ConfigKey<String> SASL_OAUTHBEARER_CLIENT_CREDENTIALS_CLIENT_ID = ALL_OAUTH
            .ofString("sasl.oauthbearer.client.credentials.client.id", null)
            .doc("Client id at the identity provider.");
    ConfigKey<Password> SASL_OAUTHBEARER_CLIENT_CREDENTIALS_CLIENT_SECRET = ALL_OAUTH
            .ofPassword("sasl.oauthbearer.client.credentials.client.secret")
            .doc("Client secret at the identity provider.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_ALGORITHM = ALL_OAUTH
            .ofString("sasl.oauthbearer.assertion.algorithm", "RS256")
            .oneOfIgnoringCase("ES256", "RS256")
            .doc("Algorithm that signs an assertion.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_CLAIM_AUD =
            ALL_OAUTH.ofString("sasl.oauthbearer.assertion.claim.aud", null).doc("Audience of an assertion.");
    ConfigKey<Integer> SASL_OAUTHBEARER_ASSERTION_CLAIM_EXP_SECONDS = ALL_OAUTH
            .ofInt("sasl.oauthbearer.assertion.claim.exp.seconds", 300)
            .between(0, 86_400)
            .low()
            .doc("Life of an assertion.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_CLAIM_ISS =
            ALL_OAUTH.ofString("sasl.oauthbearer.assertion.claim.iss", null).doc("Issuer of an assertion.");
    ConfigKey<Boolean> SASL_OAUTHBEARER_ASSERTION_CLAIM_JTI_INCLUDE = ALL_OAUTH
            .ofBoolean("sasl.oauthbearer.assertion.claim.jti.include", false)
            .doc("An assertion carries an id of its own.");
    ConfigKey<Integer> SASL_OAUTHBEARER_ASSERTION_CLAIM_NBF_SECONDS = ALL_OAUTH
            .ofInt("sasl.oauthbearer.assertion.claim.nbf.seconds", 60)
            .between(0, 3600)
            .low()
            .doc("How far in the past an assertion begins to hold.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_CLAIM_SUB =
            ALL_OAUTH.ofString("sasl.oauthbearer.assertion.claim.sub", null).doc("Subject of an assertion.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_FILE =
            ALL_OAUTH.ofString("sasl.oauthbearer.assertion.file", null).doc("File of a ready assertion.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE = ALL_OAUTH
            .ofString("sasl.oauthbearer.assertion.private.key.file", null)
            .doc("File of the key that signs an assertion.");
    ConfigKey<Password> SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_PASSPHRASE = ALL_OAUTH
            .ofPassword("sasl.oauthbearer.assertion.private.key.passphrase")
            .doc("Passphrase of the key that signs an assertion.");
    ConfigKey<String> SASL_OAUTHBEARER_ASSERTION_TEMPLATE_FILE = ALL_OAUTH
            .ofString("sasl.oauthbearer.assertion.template.file", null)
            .doc("File of an assertion's fixed parts.");
    ConfigKey<String> SASL_OAUTHBEARER_SCOPE_CLAIM_NAME = ALL_OAUTH
            .ofString("sasl.oauthbearer.scope.claim.name", "scope")
            .low()
            .doc("Claim that names the scope.");
    ConfigKey<String> SASL_OAUTHBEARER_SUB_CLAIM_NAME =
            ALL_OAUTH.ofString("sasl.oauthbearer.sub.claim.name", "sub").low().doc("Claim that names the subject.");
    ConfigKey<String> SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL =
            ALL_OAUTH.ofString("sasl.oauthbearer.token.endpoint.url", null).doc("Address tokens are fetched from.");
    ConfigKey<String> SASL_OAUTHBEARER_JWKS_ENDPOINT_URL = ALL_OAUTH
            .ofString("sasl.oauthbearer.jwks.endpoint.url", null)
            .doc("Address the signing keys are fetched from.");
    ConfigKey<Long> SASL_OAUTHBEARER_JWKS_ENDPOINT_REFRESH_MS = ALL_OAUTH
            .ofLong("sasl.oauthbearer.jwks.endpoint.refresh.ms", 3_600_000L)
            .low()
            .doc("Time between reads of the signing keys.");
    ConfigKey<Long> SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MS = ALL_OAUTH
            .ofLong("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", 100L)
            .low()
            .doc("First pause between reads of the signing keys.");
    ConfigKey<Long> SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MAX_MS = ALL_OAUTH
            .ofLong("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", 10_000L)
            .low()
            .doc("Longest pause between reads of the signing keys.");
    ConfigKey<Integer> SASL_OAUTHBEARER_CLOCK_SKEW_SECONDS = ALL_OAUTH
            .ofInt("sasl.oauthbearer.clock.skew.seconds", 30)
            .low()
            .doc("Difference of clocks that is forgiven.");
    ConfigKey<Boolean> SASL_OAUTHBEARER_ALLOW_UNVERIFIED_AUDIENCE = ALL_OAUTH
            .ofBoolean("sasl.oauthbearer.allow.unverified.audience", false)
            .doc("Tokens are taken without a check of their audience.");
    ConfigKey<List<String>> SASL_OAUTHBEARER_EXPECTED_AUDIENCE = ALL_OAUTH
            .ofList("sasl.oauthbearer.expected.audience", List.of())
            .words()
            .high()
            .doc("Audiences a token may be for.");
    ConfigKey<Boolean> SASL_OAUTHBEARER_ALLOW_UNVERIFIED_ISSUER = ALL_OAUTH
            .ofBoolean("sasl.oauthbearer.allow.unverified.issuer", false)
            .doc("Tokens are taken without a check of their issuer.");
    ConfigKey<String> SASL_OAUTHBEARER_EXPECTED_ISSUER =
            ALL_OAUTH.ofString("sasl.oauthbearer.expected.issuer", null).high().doc("Issuer a token has to come from.");
}
