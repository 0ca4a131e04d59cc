use std::sync::{Arc, Mutex, PoisonError};

use super::{Part, State};

/// Something that must have happened once before the service counts as started. Clones are the same latch.
///
/// A latch that is dropped stays as it is: what was never let go of was never done.
#[derive(Debug, Clone)]
pub struct Latch {
    name: Arc<str>,
    /// Why it still holds; `None` once it was let go of.
    waiting: Arc<Mutex<Option<String>>>,
}

impl Latch {
    pub(super) fn new(name: String) -> Self {
        Self { name: name.into(), waiting: Arc::new(Mutex::new(Some("not done yet".to_owned()))) }
    }

    /// Says why it still holds, unless it was let go of already.
    pub fn wait(&self, reason: impl Into<String>) {
        if let Some(waiting) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *waiting = reason.into();
        }
    }

    /// Lets go, for good.
    pub fn release(&self) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it was let go of.
    pub fn is_released(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    pub(super) fn part(&self) -> Part {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = if waiting.is_some() { State::Waiting } else { State::Ok };
        Part { name: self.name.to_string(), required: true, state, reason: waiting }
    }
}
