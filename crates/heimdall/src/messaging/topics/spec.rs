//! What a topic should be like, and what it is like.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::names::{dead_letter_topic, retry_topic};
use crate::messaging::pattern::{PatternError, check_topic};

/// How long a dead letter waits for a person: 30 days.
const DEAD_LETTERS_KEEP: Duration = Duration::from_hours(30 * 24);

/// How long a topic keeps its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Retention {
    /// Nothing is removed because of its age.
    Forever,
    /// Records may be removed when they are older; whole milliseconds count.
    For(Duration),
}

impl Retention {
    /// Kafka's `retention.ms`: milliseconds, or -1 for ever.
    pub fn as_millis(self) -> i64 {
        match self {
            Self::Forever => -1,
            Self::For(duration) => i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Reads Kafka's `retention.ms`.
    pub fn from_millis(millis: i64) -> Self {
        u64::try_from(millis).map_or(Self::Forever, |millis| Self::For(Duration::from_millis(millis)))
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: u128 = 24 * 60 * 60 * 1000;
        match self {
            Self::Forever => f.write_str("for ever"),
            Self::For(duration) => match duration.as_millis() {
                millis if millis % DAY == 0 && millis > 0 => write!(f, "{} d", millis / DAY),
                millis => write!(f, "{millis} ms"),
            },
        }
    }
}

/// What becomes of old records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CleanupPolicy {
    /// They are removed when they are older than the retention.
    #[default]
    Delete,
    /// The newest record of each key is kept.
    Compact,
    /// Both.
    CompactAndDelete,
}

impl CleanupPolicy {
    /// Kafka's `cleanup.policy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Compact => "compact",
            Self::CompactAndDelete => "compact,delete",
        }
    }

    /// Reads Kafka's `cleanup.policy`; `None` if it is none that is known here.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words: Vec<_> = text.split(',').map(str::trim).collect();
        words.sort_unstable();
        match words.as_slice() {
            ["delete"] => Some(Self::Delete),
            ["compact"] => Some(Self::Compact),
            ["compact", "delete"] => Some(Self::CompactAndDelete),
            _ => None,
        }
    }
}

impl fmt::Display for CleanupPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A topic as it should be. Replication is the log's own business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    /// The topic's name.
    pub name: String,
    /// How many partitions it should have, at least.
    pub partitions: u32,
    /// Whether it is well with any number of partitions once it is there: `partitions` is then only how many it is made
    /// with.
    pub any_partitions: bool,
    /// How long it keeps records; `None` leaves that to the log.
    pub retention: Option<Retention>,
    /// What becomes of old records; `None` leaves that to the log.
    pub cleanup_policy: Option<CleanupPolicy>,
}

/// What is wrong with a wanted topic.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TopicSpecError {
    /// It cannot be called that.
    #[error(transparent)]
    Name(#[from] PatternError),
    /// A topic without partitions holds nothing.
    #[error("topic `{name}` cannot have {partitions} partitions: 1 to 100000 are possible")]
    Partitions {
        /// The topic's name.
        name: String,
        /// How many were wanted.
        partitions: u32,
    },
}

impl TopicSpec {
    /// A topic with so many partitions, all else as the log does it by default.
    pub fn new(name: impl Into<String>, partitions: u32) -> Result<Self, TopicSpecError> {
        let name = name.into();
        check_topic(&name)?;
        if partitions == 0 || partitions > 100_000 {
            return Err(TopicSpecError::Partitions { name, partitions });
        }
        Ok(Self { name, partitions, any_partitions: false, retention: None, cleanup_policy: None })
    }

    /// The same, but a topic that is there is left with the partitions that it has.
    #[must_use]
    pub fn any_partitions(self) -> Self {
        Self { any_partitions: true, ..self }
    }

    /// The same, keeping records so long.
    #[must_use]
    pub fn retention(self, retention: Retention) -> Self {
        Self { retention: Some(retention), ..self }
    }

    /// The same, with that done to old records.
    #[must_use]
    pub fn cleanup_policy(self, policy: CleanupPolicy) -> Self {
        Self { cleanup_policy: Some(policy), ..self }
    }

    /// The retry and dead-letter topics that `group` needs to read this topic. They have the same
    /// partitions, so that a key's records stay in order there too, and dead letters are kept for 30 days.
    pub fn parking_for(&self, group: &str) -> Result<[Self; 2], TopicSpecError> {
        let parking = |name| {
            Ok::<_, TopicSpecError>(Self { any_partitions: self.any_partitions, ..Self::new(name, self.partitions)? })
        };
        let retry = parking(retry_topic(&self.name, group))?;
        let dead_letter = parking(dead_letter_topic(&self.name, group))?;
        Ok([
            retry.cleanup_policy(CleanupPolicy::Delete),
            dead_letter.cleanup_policy(CleanupPolicy::Delete).retention(Retention::For(DEAD_LETTERS_KEEP)),
        ])
    }
}

/// A topic as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    /// The topic's name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: u32,
    /// How long it keeps records.
    pub retention: Retention,
    /// What becomes of old records; `None` if the log says something that is not known here.
    pub cleanup_policy: Option<CleanupPolicy>,
}
