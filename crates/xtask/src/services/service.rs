use serde::{Deserialize, Serialize};

/// A server that tests can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Apache Kafka, one `KRaft` node.
    Kafka,
    /// `PostgreSQL`.
    Postgres,
    /// Keycloak with the realm `valkyrie`.
    Keycloak,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Kafka, Self::Keycloak];

    /// Its name on the command line, and that of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Postgres => "postgres",
            Self::Keycloak => "keycloak",
        }
    }

    /// The environment variable that tells a test where it is; set by a person, it names a server to use instead.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Kafka => "VALKYRIE_TEST_KAFKA_BROKERS",
            Self::Postgres => "VALKYRIE_TEST_POSTGRES_URL",
            Self::Keycloak => "VALKYRIE_TEST_KEYCLOAK_URL",
        }
    }

    /// The value of [`Self::variable`] for a server on this loopback port.
    pub fn address(self, port: u16) -> String {
        match self {
            Self::Kafka => format!("127.0.0.1:{port}"),
            Self::Postgres => format!("postgres://valkyrie@127.0.0.1:{port}/valkyrie"),
            Self::Keycloak => format!("http://127.0.0.1:{port}/realms/valkyrie"),
        }
    }
}
