//! What must change so that the topics are as wanted.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::{CleanupPolicy, Retention, TopicInfo, TopicSpec, TopicSpecError};

/// One change to one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicChange {
    /// The topic is made.
    Create(TopicSpec),
    /// The topic gets more partitions. Keys then stand in other partitions than before, so order
    /// between older and newer records of a key is not kept.
    Grow {
        /// The topic's name.
        topic: String,
        /// How many partitions it has.
        from: u32,
        /// How many it will have.
        to: u32,
    },
    /// The topic keeps its records for another time.
    Retention {
        /// The topic's name.
        topic: String,
        /// How long it keeps them.
        from: Retention,
        /// How long it will.
        to: Retention,
    },
    /// Old records are treated differently.
    CleanupPolicy {
        /// The topic's name.
        topic: String,
        /// How they are; `None` if that is not known here.
        from: Option<CleanupPolicy>,
        /// How they will be.
        to: CleanupPolicy,
    },
}

impl TopicChange {
    /// The topic that is changed.
    pub fn topic(&self) -> &str {
        match self {
            Self::Create(spec) => &spec.name,
            Self::Grow { topic, .. } | Self::Retention { topic, .. } | Self::CleanupPolicy { topic, .. } => topic,
        }
    }
}

impl fmt::Display for TopicChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(spec) => {
                write!(f, "create {} with {} partitions", spec.name, spec.partitions)?;
                if let Some(policy) = spec.cleanup_policy {
                    write!(f, ", cleanup {policy}")?;
                }
                spec.retention.map_or(Ok(()), |retention| write!(f, ", kept {retention}"))
            }
            Self::Grow { topic, from, to } => write!(f, "grow {topic} from {from} to {to} partitions"),
            Self::Retention { topic, from, to } => write!(f, "keep {topic} {to} instead of {from}"),
            Self::CleanupPolicy { topic, from: Some(from), to } => {
                write!(f, "clean up {topic} by {to} instead of {from}")
            }
            Self::CleanupPolicy { topic, from: None, to } => write!(f, "clean up {topic} by {to}"),
        }
    }
}

/// A topic that has more partitions than wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrink {
    /// The topic's name.
    pub topic: String,
    /// How many partitions it has.
    pub has: u32,
    /// How many are wanted.
    pub wanted: u32,
}

/// Why there is no way to the wanted topics.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TopicPlanError {
    /// Partitions cannot be taken away.
    #[error("partitions cannot be taken away: {}", list(.0))]
    Shrinks(Vec<Shrink>),
    /// A topic can't be as it is wanted.
    #[error(transparent)]
    Spec(#[from] TopicSpecError),
    /// One topic is wanted in two ways.
    #[error("topic `{0}` is wanted twice, with different settings")]
    Contradiction(String),
}

fn list(shrinks: &[Shrink]) -> String {
    let each = |s: &Shrink| format!("`{}` has {}, {} are wanted", s.topic, s.has, s.wanted);
    shrinks.iter().map(each).collect::<Vec<_>>().join("; ")
}

/// The changes that lead from the topics that are there to those that are wanted, in the order of
/// `wanted`. Topics that nobody wants are left alone, and so is what a spec leaves to the log.
pub fn plan(current: &[TopicInfo], wanted: &[TopicSpec]) -> Result<Vec<TopicChange>, TopicPlanError> {
    let current: BTreeMap<_, _> = current.iter().map(|topic| (topic.name.as_str(), topic)).collect();
    let mut seen = BTreeMap::new();
    let mut changes = Vec::new();
    let mut shrinks = Vec::new();
    for spec in wanted {
        match seen.insert(spec.name.as_str(), spec) {
            Some(other) if other == spec => continue,
            Some(_) => return Err(TopicPlanError::Contradiction(spec.name.clone())),
            None => {}
        }
        match current.get(spec.name.as_str()) {
            None => changes.push(TopicChange::Create(spec.clone())),
            Some(topic) if topic.partitions > spec.partitions && !spec.any_partitions => {
                shrinks.push(Shrink { topic: spec.name.clone(), has: topic.partitions, wanted: spec.partitions });
            }
            Some(topic) => changes.extend(differences(topic, spec)),
        }
    }
    if shrinks.is_empty() { Ok(changes) } else { Err(TopicPlanError::Shrinks(shrinks)) }
}

fn differences(topic: &TopicInfo, spec: &TopicSpec) -> impl Iterator<Item = TopicChange> {
    let grow = (topic.partitions < spec.partitions && !spec.any_partitions).then(|| TopicChange::Grow {
        topic: spec.name.clone(),
        from: topic.partitions,
        to: spec.partitions,
    });
    let retention = spec
        .retention
        .filter(|to| to.as_millis() != topic.retention.as_millis())
        .map(|to| TopicChange::Retention { topic: spec.name.clone(), from: topic.retention, to });
    let policy = spec
        .cleanup_policy
        .filter(|to| Some(*to) != topic.cleanup_policy)
        .map(|to| TopicChange::CleanupPolicy { topic: spec.name.clone(), from: topic.cleanup_policy, to });
    [grow, retention, policy].into_iter().flatten()
}
