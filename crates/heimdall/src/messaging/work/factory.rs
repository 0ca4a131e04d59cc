use std::fmt;
use std::sync::Arc;

use super::{Cause, Work, WorkError, WorkSettings};
use crate::database::Database;

/// Begins units of work. Clones are the same; put one into the state of routes that change something.
#[derive(Clone)]
pub struct WorkFactory(Arc<WorkSettings>);

impl WorkFactory {
    /// One with these settings.
    pub fn new(settings: WorkSettings) -> Self {
        Self(Arc::new(settings))
    }

    /// Begins a unit of work. On `SQLite` it is the only writer until it ends.
    pub async fn begin(&self, cause: Cause) -> Result<Work, WorkError> {
        Ok(Work::new(self.0.database.begin().await?, self.0.clone(), cause))
    }

    /// Where its transactions are.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn settings(&self) -> &WorkSettings {
        &self.0
    }
}

impl fmt::Debug for WorkFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkFactory").field("source", &self.0.source).finish_non_exhaustive()
    }
}
