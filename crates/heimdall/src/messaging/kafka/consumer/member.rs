//! What a member holds, and how far it has come: shared by the polling thread and the consuming task.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::queue::Polled;
use crate::messaging::log::{Assignment, Membership};
use crate::messaging::record::{Position, TopicPartition};

/// The state of one member.
pub(super) struct Member {
    assignment: watch::Sender<Assignment>,
    /// Grows with each change of the assignment. A partition's epoch is the revision in which it came.
    revision: AtomicU64,
    joined: AtomicBool,
    /// Positions to be stored, each with the epoch of its partition.
    pending: Mutex<BTreeMap<TopicPartition, (u64, i64)>>,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            assignment: watch::Sender::new(Assignment::default()),
            revision: AtomicU64::new(0),
            joined: AtomicBool::new(false),
            pending: Mutex::default(),
        }
    }
}

impl Member {
    pub(super) fn watch(&self) -> watch::Receiver<Assignment> {
        self.assignment.subscribe()
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Whether the record's partition has been held ever since the record was polled.
    pub(super) fn still_holds(&self, polled: &Polled) -> bool {
        if self.revision() == polled.revision {
            return true;
        }
        let epoch = self.assignment.borrow().epoch(&polled.record.topic_partition());
        epoch.is_some_and(|epoch| epoch <= polled.revision)
    }

    pub(super) fn gain(&self, partitions: Vec<TopicPartition>) {
        let revision = self.revision() + 1;
        self.assignment.send_modify(|assignment| {
            assignment.membership = Membership::Member;
            assignment.partitions.extend(partitions.into_iter().map(|partition| (partition, revision)));
        });
        self.revision.store(revision, Ordering::Release);
        self.joined.store(true, Ordering::Release);
    }

    pub(super) fn give_up(&self, partitions: &[TopicPartition]) {
        self.assignment.send_modify(|assignment| {
            assignment.partitions.retain(|partition, _| !partitions.contains(partition));
        });
        self.revision.fetch_add(1, Ordering::AcqRel);
    }

    /// All partitions are someone else's, or will be.
    pub(super) fn lose(&self, membership: Membership) {
        self.joined.store(false, Ordering::Release);
        self.assignment.send_modify(|assignment| {
            assignment.partitions.clear();
            assignment.membership = membership;
        });
        self.revision.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether the group has given this member an assignment (an empty one counts) and not taken it back.
    pub(super) fn has_joined(&self) -> bool {
        self.joined.load(Ordering::Acquire)
    }

    pub(super) fn membership(&self) -> Membership {
        self.assignment.borrow().membership.clone()
    }

    /// Takes note of how the member stands. While it is away, the first reason stays: it is the nearest to the cause.
    pub(super) fn set(&self, membership: Membership) {
        self.assignment.send_if_modified(|assignment| {
            if matches!((&assignment.membership, &membership), (Membership::Away { .. }, Membership::Away { .. })) {
                return false;
            }
            let changed = assignment.membership != membership;
            assignment.membership = membership;
            changed
        });
    }

    /// Keeps positions of partitions that are held until they are stored.
    pub(super) fn remember(&self, positions: &[Position]) {
        let assignment = self.assignment.borrow();
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for position in positions {
            if let Some(epoch) = assignment.epoch(&position.partition) {
                pending.insert(position.partition.clone(), (epoch, position.next_offset));
            }
        }
    }

    /// Takes the positions that are to be stored.
    pub(super) fn take_positions(&self) -> Vec<(TopicPartition, i64)> {
        let pending = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        let assignment = self.assignment.borrow();
        let held = pending.into_iter().filter(|(partition, (epoch, _))| assignment.epoch(partition) == Some(*epoch));
        held.map(|(partition, (_, offset))| (partition, offset)).collect()
    }
}
