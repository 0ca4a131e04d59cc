use std::fmt;
use std::sync::Arc;

use super::{Cause, Work, WorkError};
use crate::clock::Clock;
use crate::database::Database;
use crate::ids::Ids;
use crate::messaging::envelope::EnvelopeMode;
use crate::messaging::topics::DeclaredTopics;
use crate::wake::Wake;

/// What all units of work of a service have in common.
pub struct WorkSettings {
    /// Where the transactions are.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// The `source` of the events, such as `/payments`.
    pub source: String,
    /// Where the service is reached, without a slash at its end: `dataschema` begins with it.
    pub public_url: String,
    /// How events are written.
    pub mode: EnvelopeMode,
    /// What the service has declared.
    pub topics: DeclaredTopics,
    /// Woken after each commit that published something.
    pub wake: Wake,
}

impl WorkSettings {
    pub(super) fn schema_of(&self, kind: &str) -> String {
        format!("{}/discovery/v1/schemas/{kind}.json", self.public_url)
    }
}

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
        Ok(Work::new(self.0.database.begin().await?, self.clone(), cause))
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
