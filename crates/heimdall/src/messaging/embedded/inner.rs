//! What the embedded log keeps in memory.

use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, watch};
use tokio_util::task::AbortOnDropHandle;

use super::EmbeddedConfig;
use super::groups::Groups;
use crate::clock::Clock;
use crate::database::Database;

/// What all handles to one log have in common.
pub(super) struct Inner {
    pub(super) database: Database,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: EmbeddedConfig,
    /// Where the next record without a key goes.
    pub(super) spread: AtomicU32,
    /// Grows with each append: readers look again.
    pub(super) appends: watch::Sender<u64>,
    /// Topics may have changed, or positions wait to be written.
    pub(super) look: Arc<Notify>,
    pub(super) topic_made: AtomicBool,
    groups: Mutex<Groups>,
    pub(super) keeper: OnceLock<AbortOnDropHandle<()>>,
}

impl Inner {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>, config: EmbeddedConfig) -> Self {
        Self {
            database,
            clock,
            config,
            spread: AtomicU32::new(0),
            appends: watch::Sender::new(0),
            look: Arc::default(),
            topic_made: AtomicBool::new(false),
            groups: Mutex::default(),
            keeper: OnceLock::new(),
        }
    }

    pub(super) fn groups(&self) -> MutexGuard<'_, Groups> {
        // Nothing in there is left half done by a panic: each change is made by one call.
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
