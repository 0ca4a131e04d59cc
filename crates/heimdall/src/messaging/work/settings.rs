use std::sync::Arc;

use crate::clock::Clock;
use crate::database::Database;
use crate::ids::Ids;
use crate::messaging::envelope::EnvelopeMode;
use crate::messaging::topics::{DeclaredTopics, schema_path};
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
        format!("{}{}", self.public_url, schema_path(kind))
    }
}
