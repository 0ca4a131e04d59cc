//! What Kafka's errors mean to us.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use thiserror::Error;

use crate::messaging::log::{LogError, PublishError};

/// Why the adapter cannot be set up. It is about settings: Kafka itself is not asked.
#[derive(Debug, Error)]
pub enum KafkaSetupError {
    /// Our guarantees rest on these, or they make no sense.
    #[error("the settings of Kafka are wrong: {}", .0.join("; "))]
    Settings(Vec<String>),
    /// librdkafka does not take an option.
    #[error("librdkafka refuses the option `kafka.options.{option}`: {reason}")]
    Option {
        /// The option's name.
        option: String,
        /// What librdkafka says.
        reason: String,
    },
    /// librdkafka does not take the options together.
    #[error("librdkafka refuses its options")]
    Client(#[source] KafkaError),
}

impl From<KafkaError> for KafkaSetupError {
    fn from(error: KafkaError) -> Self {
        match error {
            // The value is left out: it may be a secret.
            KafkaError::ClientConfig(_, reason, option, _) => Self::Option { option, reason },
            other => Self::Client(other),
        }
    }
}

/// Why one record was not acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The log has no such topic.
    UnknownTopic,
    /// It will be taken later, perhaps.
    Transient(&'static str, Option<Code>),
    /// It was refused, perhaps only for its neighbours in the same batch.
    Refused(Code),
    /// It alone was refused.
    Permanent(&'static str, Option<Code>),
}

impl Failure {
    /// What the code means when it comes back for a record that was sent.
    pub(super) fn of(code: Code) -> Self {
        match code {
            Code::MessageSizeTooLarge
            | Code::MessageBatchTooLarge
            | Code::InvalidMessageSize
            | Code::InvalidRecord
            | Code::InvalidTimestamp
            | Code::PolicyViolation
            | Code::UnsupportedForMessageFormat => Self::Refused(code),
            Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => Self::UnknownTopic,
            Code::PurgeQueue | Code::PurgeInflight | Code::MessageTimedOut => {
                Self::Transient("Kafka did not acknowledge it in time", Some(code))
            }
            Code::Fatal | Code::GaplessGuarantee => {
                Self::Transient("it had to be taken back because another record was refused", Some(code))
            }
            Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => {
                Self::Transient("Kafka does not allow this client to write there", Some(code))
            }
            Code::NotEnoughReplicas | Code::NotEnoughReplicasAfterAppend => {
                Self::Transient("too few replicas are in sync", Some(code))
            }
            other => Self::Transient("Kafka did not acknowledge it", Some(other)),
        }
    }

    /// What [`Failure::Refused`] means once the record was sent alone.
    pub(super) fn alone(self) -> Self {
        match self {
            Self::Refused(
                code @ (Code::MessageSizeTooLarge | Code::MessageBatchTooLarge | Code::InvalidMessageSize),
            ) => Self::Permanent("it is larger than Kafka takes", Some(code)),
            Self::Refused(code) => Self::Permanent("Kafka refuses it", Some(code)),
            other => other,
        }
    }

    pub(super) fn is_transient(self) -> bool {
        matches!(self, Self::UnknownTopic | Self::Transient(..))
    }

    pub(super) fn into_error(self, topic: String) -> PublishError {
        let source = |code: Option<Code>| code.map(|code| KafkaError::MessageProduction(code).into());
        match self.alone() {
            Self::UnknownTopic => PublishError::NoTopic { topic },
            Self::Transient(reason, code) => PublishError::Transient { topic, reason, source: source(code) },
            Self::Permanent(reason, code) => PublishError::Permanent { topic, reason, source: source(code) },
            Self::Refused(code) => {
                PublishError::Permanent { topic, reason: "Kafka refuses it", source: source(Some(code)) }
            }
        }
    }
}

/// What a failed request for metadata or administration means.
pub(super) fn request_failed(operation: &'static str, source: KafkaError) -> LogError {
    let refused = matches!(
        source.rdkafka_error_code(),
        Some(
            Code::TopicAuthorizationFailed
                | Code::ClusterAuthorizationFailed
                | Code::GroupAuthorizationFailed
                | Code::PolicyViolation
                | Code::InvalidConfig
                | Code::InvalidPartitions
                | Code::InvalidReplicationFactor
                | Code::InvalidTopic
                | Code::UnsupportedVersion
        )
    );
    let source = source.into();
    if refused { LogError::Refused { operation, source } } else { LogError::Unavailable { operation, source } }
}
