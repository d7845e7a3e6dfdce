package dev.embeddedbroker.config;

/**
 * All settings of a broker, under Kafka's names. They are defined by subject in the interfaces this one gathers; reading
 * one constant loads its subject only.
 */
public interface BrokerKeys
        extends ServerKeys,
                SocketKeys,
                LogKeys,
                ReplicationKeys,
                KRaftKeys,
                GroupCoordinatorKeys,
                StreamsGroupKeys,
                ShareKeys,
                TransactionKeys,
                QuotaKeys,
                SaslKeys,
                OAuthKeys,
                SslKeys,
                RemoteStorageKeys {}
