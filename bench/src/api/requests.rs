//! Requests for tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use serde_json::{Value, json};

use crate::load::{Connection, Requests, Target};

/// Counts requests, so that each asks for a service of another name.
#[derive(Clone, Default)]
pub(super) struct Counter(Arc<AtomicU64>);

impl Counter {
    /// How many were asked for.
    pub(super) fn asked(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Requests for Counter {
    fn next(&self) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let parameters = json!({"name": format!("bench-{number:010}"), "owner": "group:default/platform"});
        json!({"template": "event-service", "parameters": parameters}).to_string()
    }

    fn check(&self, _: &[u8]) -> Result<()> {
        // What was written is compared at the end.
        Ok(())
    }
}

/// One request; the task that it answers with.
pub(super) async fn one(target: &Target, counter: &Counter) -> Result<Value> {
    let mut connection = Connection::open(target).await?;
    Ok(serde_json::from_slice(connection.ask(&counter.next()).await?)?)
}
