//! Between the polling thread and the task that consumes: a few batches, and then back-pressure.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::messaging::record::Record;

/// How many batches wait at most.
const BATCHES: usize = 4;

/// A record, and the state of the assignment when it was polled.
pub(super) struct Polled {
    pub(super) record: Record,
    pub(super) revision: u64,
}

/// A bounded queue whose one end blocks and whose other end awaits.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Room was made, or the consumer is gone.
    room: Condvar,
    /// A batch has come, or the poller is gone.
    ready: Notify,
}

#[derive(Default)]
struct State {
    batches: VecDeque<Vec<Polled>>,
    /// The consuming end wants no more.
    closing: bool,
    /// The polling end brings no more.
    finished: bool,
}

impl Queue {
    /// Adds the batch unless there is no room for that long; then it comes back.
    pub(super) fn push(&self, batch: Vec<Polled>, patience: Duration) -> Option<Vec<Polled>> {
        let full = |state: &mut State| state.batches.len() >= BATCHES && !state.closing;
        let waited = self.room.wait_timeout_while(self.lock(), patience, full);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Some(batch);
        }
        state.batches.push_back(batch);
        drop(state);
        self.ready.notify_one();
        None
    }

    /// The next batch; `None` when there will be none. Cancel safe.
    pub(super) async fn pop(&self) -> Option<Vec<Polled>> {
        loop {
            {
                let mut state = self.lock();
                if let Some(batch) = state.batches.pop_front() {
                    self.room.notify_one();
                    return Some(batch);
                }
                if state.finished {
                    return None;
                }
            }
            self.ready.notified().await;
        }
    }

    /// The consuming end wants no more.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.room.notify_one();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }

    /// Waits, but not once the consuming end wants no more.
    pub(super) fn rest(&self, pause: Duration) {
        drop(self.room.wait_timeout_while(self.lock(), pause, |state| !state.closing));
    }

    /// The polling end brings no more.
    pub(super) fn finish(&self) {
        self.lock().finished = true;
        self.ready.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
