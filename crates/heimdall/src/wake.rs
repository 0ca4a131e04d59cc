//! A nudge within a process: something was committed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// Tells the background work of the same process that something was committed: the outbox's relay that there is an
/// event to publish, a worker that there is work. Without it they look by themselves, a moment later.
///
/// Clones wake the same listeners; where there is none, waking does nothing. Waking is cheap and never waits.
///
/// ```
/// # tokio_test_block(async {
/// let wake = heimdall::wake::Wake::default();
/// let listener = wake.listen();
/// wake.wake(); // before anyone waits: it is not lost
/// listener.notified().await;
/// # });
/// # fn tokio_test_block(f: impl Future<Output = ()>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(f);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Mutex<Vec<Arc<Notify>>>>);

/// One who is woken. A wake that comes while it is busy is not lost.
#[derive(Clone, Debug)]
pub struct WakeListener(Arc<Notify>);

impl Wake {
    /// There may be something to do.
    pub fn wake(&self) {
        let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.iter().for_each(|listener| listener.notify_one());
    }

    /// One more who is woken, for as long as this value lives.
    pub fn listen(&self) -> WakeListener {
        let listener = Arc::new(Notify::new());
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| Arc::strong_count(listener) > 1);
        listeners.push(listener.clone());
        WakeListener(listener)
    }
}

impl WakeListener {
    /// Waits until it is woken. Cancel safe.
    pub async fn notified(&self) {
        self.0.notified().await;
    }
}
