//! The request that a service stops.

use tokio_util::sync::CancellationToken;

/// The request that the service stops. Clones are the same request.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// One that nobody has asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until it is requested; returns at once if it was. Cancel safe.
    pub async fn requested(&self) {
        self.0.cancelled().await;
    }

    /// Does the work until it is requested; then the work is dropped.
    pub(crate) async fn interrupts(&self, work: impl Future<Output = ()>) {
        let _ = self.0.run_until_cancelled(work).await;
    }

    /// Whether it was requested.
    pub fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Requests it. Work that runs is finished, nothing new is begun.
    pub fn request(&self) {
        self.0.cancel();
    }

    /// One that is requested with this one, and can also be requested alone.
    #[must_use]
    pub fn child(&self) -> Self {
        Self(self.0.child_token())
    }
}
