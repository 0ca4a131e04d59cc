use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::time::sleep;

/// A place where a blocking step waits until the test lets it go on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    open: bool,
}

impl Gate {
    /// Lets everybody through, now and later.
    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().open = true;
        self.0.1.notify_all();
    }

    /// Waits, on a thread that may block, until it is open.
    pub(crate) fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        state.waiting += 1;
        while !state.open {
            state = self.0.1.wait(state).unwrap();
        }
    }

    /// Waits until so many have come to the gate.
    pub(crate) async fn reached_by(&self, count: usize) {
        tokio::time::timeout(super::NEVER, async {
            while self.0.0.lock().unwrap().waiting < count {
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("the gate is reached");
    }
}
