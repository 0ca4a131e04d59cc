//! One call of `publish`, and what became of its records.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::outcome::Outcome;
use crate::messaging::kafka::error::Failure;

/// Gathers the acknowledgements of one call's records.
pub(super) struct Call {
    outcomes: Mutex<Vec<Outcome>>,
    sent: Mutex<Vec<bool>>,
    /// Records on their way, and one more until all are sent.
    pending: AtomicUsize,
    failed: AtomicBool,
    done: Notify,
}

/// Goes with one record through librdkafka and back.
pub(super) struct Ticket {
    call: Arc<Call>,
    place: usize,
}

impl Call {
    pub(super) fn new(records: usize) -> Arc<Self> {
        Arc::new(Self {
            outcomes: Mutex::new(vec![None; records]),
            sent: Mutex::new(vec![false; records]),
            pending: AtomicUsize::new(1),
            failed: AtomicBool::new(false),
            done: Notify::new(),
        })
    }

    /// For the record at `place`, before it is sent.
    pub(super) fn ticket(self: &Arc<Self>, place: usize) -> Ticket {
        self.pending.fetch_add(1, Ordering::AcqRel);
        lock(&self.sent)[place] = true;
        Ticket { call: Arc::clone(self), place }
    }

    /// Whether the record at `place` is on its way, or back.
    pub(super) fn holds(&self, place: usize) -> bool {
        lock(&self.sent)[place]
    }

    /// Whether a record of the call came back and was not taken.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// No more tickets will be asked for.
    pub(super) fn all_sent(&self) {
        self.one_less();
    }

    /// Waits until all records that were sent have come back.
    pub(super) async fn finished(&self) {
        while self.pending.load(Ordering::Acquire) > 0 {
            self.done.notified().await;
        }
    }

    /// What became of the records so far.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        lock(&self.outcomes).clone()
    }

    fn one_less(&self) {
        if self.pending.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.done.notify_one();
        }
    }
}

impl Ticket {
    /// The record came back.
    pub(super) fn complete(self, outcome: Result<(), Failure>) {
        if outcome.is_err() {
            self.call.failed.store(true, Ordering::Release);
        }
        lock(&self.call.outcomes)[self.place] = Some(outcome);
        self.call.one_less();
    }

    /// The record was not sent after all.
    pub(super) fn give_back(self) {
        lock(&self.call.sent)[self.place] = false;
        self.call.one_less();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
