//! What a subscriber holds at the moment.

use std::collections::BTreeMap;

use crate::messaging::record::TopicPartition;

/// How a subscriber stands with its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Membership {
    /// It has not joined yet.
    #[default]
    Joining,
    /// The log answers, but no topic matches the subscription so far.
    NoTopics,
    /// It is a member; it may hold no partitions if there are more members than partitions.
    Member,
    /// It has lost touch with the log, tries to get back, and holds on to nothing that it knows
    /// to be lost.
    Away {
        /// What went wrong, for people.
        reason: String,
    },
    /// It has left the group for good.
    Closed,
}

/// The partitions that a subscriber holds, and how it stands with its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// How the subscriber stands with its group.
    pub membership: Membership,
    /// Each partition that is held, with its epoch.
    pub partitions: BTreeMap<TopicPartition, u64>,
}

impl Assignment {
    /// Whether the partition is held.
    pub fn holds(&self, partition: &TopicPartition) -> bool {
        self.partitions.contains_key(partition)
    }

    /// The epoch in which the partition is held. It is another one each time that the partition
    /// comes (back) to this subscriber: between two epochs someone else may have held it.
    pub fn epoch(&self, partition: &TopicPartition) -> Option<u64> {
        self.partitions.get(partition).copied()
    }

    /// Whether the subscriber does what it is there for: it is a member, or would be if there
    /// were a topic. For readiness.
    pub fn is_healthy(&self) -> bool {
        matches!(self.membership, Membership::Member | Membership::NoTopics)
    }
}
