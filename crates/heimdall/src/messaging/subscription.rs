//! Who reads what.

use thiserror::Error;

use crate::messaging::pattern::TopicPattern;

/// Where a group starts in a partition that it has no position in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// At the oldest record that the log still has, so that nothing is missed.
    #[default]
    Earliest,
    /// After the newest record: only what comes from now on.
    Latest,
}

/// A consumer group and the topics that it reads. Members of a group share the partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    group: String,
    topics: Vec<TopicPattern>,
    start: Start,
}

/// What is wrong with a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubscriptionError {
    /// The group's name would make `<topic>.<group>.retry` ambiguous.
    #[error("`{0}` is no group name: it must have 1 to 100 letters, digits, `_` or `-`, and no dots")]
    Group(String),
    /// Nothing to read.
    #[error("the subscription of group `{0}` names no topics")]
    NoTopics(String),
}

impl Subscription {
    /// The group `group`, reading every topic that one of `topics` matches, from the earliest record.
    pub fn new(
        group: impl Into<String>,
        topics: impl IntoIterator<Item = TopicPattern>,
    ) -> Result<Self, SubscriptionError> {
        let group = group.into();
        let topics: Vec<_> = topics.into_iter().collect();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if group.is_empty() || group.len() > 100 || !group.chars().all(allowed) {
            return Err(SubscriptionError::Group(group));
        }
        if topics.is_empty() {
            return Err(SubscriptionError::NoTopics(group));
        }
        Ok(Self { group, topics, start: Start::Earliest })
    }

    /// The same, starting elsewhere where the group has no position.
    #[must_use]
    pub fn starting(self, start: Start) -> Self {
        Self { start, ..self }
    }

    /// The group's name. It has no dots.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// What the group reads.
    pub fn topics(&self) -> &[TopicPattern] {
        &self.topics
    }

    /// Where the group starts in a partition that it has no position in.
    pub fn start(&self) -> Start {
        self.start
    }

    /// Whether the group reads `topic`.
    pub fn matches(&self, topic: &str) -> bool {
        self.topics.iter().any(|pattern| pattern.matches(topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_with_dots_and_a_subscription_to_nothing_are_refused() {
        let orders: TopicPattern = "orders.*".parse().unwrap();
        assert!(Subscription::new("billing", [orders.clone()]).unwrap().matches("orders.eu"));
        assert_eq!(Subscription::new("a.b", [orders]).unwrap_err(), SubscriptionError::Group("a.b".into()));
        assert!(Subscription::new("billing", []).unwrap_err().to_string().contains("no topics"));
    }
}
