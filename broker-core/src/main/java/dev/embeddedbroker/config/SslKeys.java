package dev.embeddedbroker.config;

import java.util.List;

/** TLS: stores, protocols, client authentication. */
interface SslKeys {
    KeyGroup ALL_SSL = new KeyGroup(Scope.BROKER);

    ConfigKey<String> SSL_CLIENT_AUTH = ALL_SSL.ofString("ssl.client.auth", "none")
            .oneOf("required", "requested", "none")
            .perBroker()
            .doc("Whether a TLS client has to show a certificate.");
    ConfigKey<String> SSL_PRINCIPAL_MAPPING_RULES = ALL_SSL.ofString("ssl.principal.mapping.rules", "DEFAULT")
            .low()
            .doc("Rules that turn a certificate's name into a user name.");
    ConfigKey<Boolean> SSL_ALLOW_DN_CHANGES =
            ALL_SSL.ofBoolean("ssl.allow.dn.changes", false).low().doc("A new certificate may have another subject.");
    ConfigKey<Boolean> SSL_ALLOW_SAN_CHANGES = ALL_SSL.ofBoolean("ssl.allow.san.changes", false)
            .low()
            .doc("A new certificate may lack alternative names of the old one.");
    ConfigKey<String> SSL_PROTOCOL =
            ALL_SSL.ofString("ssl.protocol", "TLSv1.3").perBroker().doc("TLS version of the context.");
    ConfigKey<String> SSL_PROVIDER =
            ALL_SSL.ofString("ssl.provider", null).perBroker().doc("Security provider for TLS.");
    ConfigKey<List<String>> SSL_ENABLED_PROTOCOLS = ALL_SSL.ofList(
                    "ssl.enabled.protocols", List.of("TLSv1.2", "TLSv1.3"))
            .words()
            .perBroker()
            .doc("TLS versions that are spoken.");
    ConfigKey<String> SSL_KEYSTORE_TYPE =
            ALL_SSL.ofString("ssl.keystore.type", "JKS").perBroker().doc("Format of the key store.");
    ConfigKey<String> SSL_KEYSTORE_LOCATION =
            ALL_SSL.ofString("ssl.keystore.location", null).perBroker().doc("File of the key store.");
    ConfigKey<Password> SSL_KEYSTORE_PASSWORD =
            ALL_SSL.ofPassword("ssl.keystore.password").perBroker().doc("Password of the key store.");
    ConfigKey<Password> SSL_KEY_PASSWORD =
            ALL_SSL.ofPassword("ssl.key.password").perBroker().doc("Password of the private key.");
    ConfigKey<Password> SSL_KEYSTORE_KEY =
            ALL_SSL.ofPassword("ssl.keystore.key").perBroker().doc("Private key in PEM form.");
    ConfigKey<Password> SSL_KEYSTORE_CERTIFICATE_CHAIN =
            ALL_SSL.ofPassword("ssl.keystore.certificate.chain").perBroker().doc("Certificate chain in PEM form.");
    ConfigKey<String> SSL_TRUSTSTORE_TYPE =
            ALL_SSL.ofString("ssl.truststore.type", "JKS").perBroker().doc("Format of the trust store.");
    ConfigKey<String> SSL_TRUSTSTORE_LOCATION =
            ALL_SSL.ofString("ssl.truststore.location", null).perBroker().doc("File of the trust store.");
    ConfigKey<Password> SSL_TRUSTSTORE_PASSWORD =
            ALL_SSL.ofPassword("ssl.truststore.password").perBroker().doc("Password of the trust store.");
    ConfigKey<Password> SSL_TRUSTSTORE_CERTIFICATES =
            ALL_SSL.ofPassword("ssl.truststore.certificates").perBroker().doc("Trusted certificates in PEM form.");
    ConfigKey<String> SSL_KEYMANAGER_ALGORITHM =
            ALL_SSL.ofString("ssl.keymanager.algorithm", "SunX509").perBroker().doc("Algorithm of the key manager.");
    ConfigKey<String> SSL_TRUSTMANAGER_ALGORITHM =
            ALL_SSL.ofString("ssl.trustmanager.algorithm", "PKIX").perBroker().doc("Algorithm of the trust manager.");
    ConfigKey<String> SSL_ENDPOINT_IDENTIFICATION_ALGORITHM = ALL_SSL.ofString(
                    "ssl.endpoint.identification.algorithm", "https")
            .low()
            .perBroker()
            .doc("How a server's name is checked against its certificate.");
    ConfigKey<String> SSL_SECURE_RANDOM_IMPLEMENTATION = ALL_SSL.ofString("ssl.secure.random.implementation", null)
            .low()
            .perBroker()
            .doc("Source of randomness for TLS.");
    ConfigKey<List<String>> SSL_CIPHER_SUITES = ALL_SSL.ofList("ssl.cipher.suites", List.of())
            .words()
            .perBroker()
            .doc("Cipher suites that are allowed; all the JVM's own when empty.");
    ConfigKey<String> SSL_ENGINE_FACTORY_CLASS =
            ALL_SSL.ofClass("ssl.engine.factory.class", null).low().perBroker().doc("Class that makes TLS engines.");
}
