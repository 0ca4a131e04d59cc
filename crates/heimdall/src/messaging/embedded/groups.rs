//! Who of a group holds which partition, and how far the group has come. All in memory: nothing here waits.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::sync::watch;

use crate::messaging::log::{Assignment, Membership, Subscription};
use crate::messaging::record::{Position, TopicPartition};

/// All groups of a log.
#[derive(Default)]
pub(super) struct Groups {
    /// The topics with their partitions, once they are known.
    topics: Option<BTreeMap<String, i32>>,
    by_name: HashMap<String, Group>,
    last_member: u64,
    last_epoch: u64,
}

#[derive(Default)]
struct Group {
    members: BTreeMap<u64, Member>,
    /// What has been committed, here or earlier, as far as someone asked.
    positions: HashMap<TopicPartition, i64>,
    /// Which of them are not written yet.
    unwritten: HashSet<TopicPartition>,
}

struct Member {
    subscription: Subscription,
    assignment: watch::Sender<Assignment>,
    away: Option<String>,
}

/// A position of a group, to be written.
#[derive(Clone)]
pub(super) struct GroupPosition {
    pub(super) group: String,
    pub(super) partition: TopicPartition,
    pub(super) next: i64,
}

impl Groups {
    /// Takes in what topics there are now.
    pub(super) fn set_topics(&mut self, topics: BTreeMap<String, i32>) {
        if self.topics.as_ref() == Some(&topics) {
            return;
        }
        self.topics = Some(topics);
        for name in self.by_name.keys().cloned().collect::<Vec<_>>() {
            self.share_out(&name);
        }
    }

    pub(super) fn join(&mut self, subscription: &Subscription) -> (u64, watch::Receiver<Assignment>) {
        self.last_member += 1;
        let assignment = watch::Sender::new(Assignment::default());
        let receiver = assignment.subscribe();
        let member = Member { subscription: subscription.clone(), assignment, away: None };
        self.by_name.entry(subscription.group().to_owned()).or_default().members.insert(self.last_member, member);
        self.share_out(subscription.group());
        (self.last_member, receiver)
    }

    pub(super) fn leave(&mut self, group: &str, member: u64) {
        let left = self.by_name.get_mut(group).and_then(|group| group.members.remove(&member));
        if let Some(left) = left {
            left.assignment.send_replace(Assignment { membership: Membership::Closed, partitions: BTreeMap::new() });
            self.share_out(group);
        }
    }

    /// A member can't read for now, for this reason, or can again.
    pub(super) fn set_away(&mut self, group: &str, member: u64, away: Option<String>) {
        let member = self.by_name.get_mut(group).and_then(|group| group.members.get_mut(&member));
        if let Some(member) = member
            && member.away.is_some() != away.is_some()
        {
            member.away = away;
            self.share_out(group);
        }
    }

    /// Notes positions of partitions that the member holds; leaves out the others.
    pub(super) fn commit(&mut self, group: &str, member: u64, positions: &[Position]) {
        let Some(group) = self.by_name.get_mut(group) else { return };
        let Some(member) = group.members.get(&member) else { return };
        let held = member.assignment.borrow();
        for position in positions.iter().filter(|position| held.holds(&position.partition)) {
            let known = group.positions.entry(position.partition.clone()).or_insert(0);
            if position.next_offset > *known {
                *known = position.next_offset;
                group.unwritten.insert(position.partition.clone());
            }
        }
    }

    /// Where the group stands, as far as it is known here.
    pub(super) fn position(&self, group: &str, partition: &TopicPartition) -> Option<i64> {
        self.by_name.get(group)?.positions.get(partition).copied()
    }

    /// Takes in where the group stands, read from the database or just begun there. What is known already wins.
    pub(super) fn learn(&mut self, group: &str, partition: &TopicPartition, next: i64) -> i64 {
        *self.by_name.entry(group.to_owned()).or_default().positions.entry(partition.clone()).or_insert(next)
    }

    /// Takes all positions that wait to be written.
    pub(super) fn take_unwritten(&mut self) -> Vec<GroupPosition> {
        let mut all = Vec::new();
        for (name, group) in &mut self.by_name {
            for partition in std::mem::take(&mut group.unwritten) {
                let next = group.positions.get(&partition).copied().unwrap_or_default();
                all.push(GroupPosition { group: name.clone(), partition, next });
            }
        }
        all
    }

    /// Writing failed: they wait again.
    pub(super) fn put_back(&mut self, positions: Vec<GroupPosition>) {
        for position in positions {
            if let Some(group) = self.by_name.get_mut(&position.group) {
                group.unwritten.insert(position.partition);
            }
        }
    }

    /// Shares the partitions of a group out among its members, moving as few as possible.
    fn share_out(&mut self, name: &str) {
        let Some(topics) = &self.topics else { return };
        let Some(group) = self.by_name.get_mut(name) else { return };
        let read = |subscription: &Subscription, topic: &str| subscription.matches(topic);
        let partitions: Vec<TopicPartition> = topics
            .iter()
            .filter(|(topic, _)| group.members.values().any(|member| read(&member.subscription, topic)))
            .flat_map(|(topic, partitions)| {
                (0..*partitions).map(|partition| TopicPartition::new(topic.clone(), partition))
            })
            .collect();
        let quota = partitions.len().div_ceil(group.members.len().max(1));
        let mut shares: BTreeMap<u64, BTreeMap<TopicPartition, u64>> =
            group.members.keys().map(|member| (*member, BTreeMap::new())).collect();
        let mut free = Vec::new();
        for partition in partitions {
            let holder = group.members.iter().find_map(|(id, member)| {
                let epoch = member.assignment.borrow().epoch(&partition)?;
                (shares[id].len() < quota && read(&member.subscription, &partition.topic)).then_some((*id, epoch))
            });
            match holder.and_then(|(id, epoch)| Some((shares.get_mut(&id)?, epoch))) {
                Some((share, epoch)) => drop(share.insert(partition, epoch)),
                None => free.push(partition),
            }
        }
        for partition in free {
            let wanting = shares.iter_mut().filter(|(id, _)| read(&group.members[id].subscription, &partition.topic));
            if let Some((_, share)) = wanting.min_by_key(|(_, share)| share.len()) {
                self.last_epoch += 1;
                share.insert(partition, self.last_epoch);
            }
        }
        for (id, member) in &group.members {
            let membership = match &member.away {
                Some(reason) => Membership::Away { reason: reason.clone() },
                None if topics.keys().any(|topic| read(&member.subscription, topic)) => Membership::Member,
                None => Membership::NoTopics,
            };
            let next = Assignment { membership, partitions: shares.remove(id).unwrap_or_default() };
            member.assignment.send_if_modified(|assignment| {
                let changed = *assignment != next;
                *assignment = next;
                changed
            });
        }
    }
}
