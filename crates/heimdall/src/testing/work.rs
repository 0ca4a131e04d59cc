use std::sync::Arc;

use crate::clock::SystemClock;
use crate::database::Database;
use crate::ids::TimeOrderedIds;
use crate::messaging::topics::DeclaredTopics;
use crate::messaging::work::{WorkFactory, WorkSettings};

/// Begins units of work on a database, for a test of a handler or a consumer without a service around it. `topics` are
/// what it may publish to.
pub fn work_on(database: &Database, topics: DeclaredTopics) -> WorkFactory {
    WorkFactory::new(WorkSettings {
        database: database.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(TimeOrderedIds),
        source: "/test".to_owned(),
        public_url: "http://127.0.0.1".to_owned(),
        mode: crate::messaging::envelope::EnvelopeMode::Structured,
        topics,
        wake: crate::wake::Wake::default(),
    })
}
