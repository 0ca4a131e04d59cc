use std::sync::{Arc, OnceLock};

use heimdall::messaging::outbox;
use tokio::sync::Notify;

/// Tells the worker of the same process that something was committed: the runner that a task may be waiting, the relay
/// that there is something to publish. Without it they look by themselves, a moment later.
///
/// Clones wake the same worker; where there is none, waking does nothing.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    runner: Notify,
    relay: OnceLock<outbox::Wake>,
}

impl Wake {
    /// Says that there may be something to do. A wake that finds the worker busy is not lost.
    pub fn notify(&self) {
        self.0.runner.notify_one();
        if let Some(relay) = self.0.relay.get() {
            relay.wake();
        }
    }

    /// The same as a function, for who does not know the worker.
    pub fn handle(&self) -> Arc<dyn Fn() + Send + Sync> {
        let wake = self.clone();
        Arc::new(move || wake.notify())
    }

    /// Connects the relay that is to be woken; the first one stays.
    pub(crate) fn connect(&self, relay: outbox::Wake) {
        let _ = self.0.relay.set(relay);
    }

    pub(crate) async fn notified(&self) {
        self.0.runner.notified().await;
    }
}
