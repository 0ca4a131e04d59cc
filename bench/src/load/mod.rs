//! Load: connections that each ask again as soon as they are answered.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::connection::{Connection, Target};

/// The status that a task gets that starts at once.
const ACCEPTED: u16 = 202;

/// Counts requests, so that each asks for a service of another name.
#[derive(Clone, Default)]
pub(super) struct Counter(Arc<AtomicU64>);

impl Counter {
    /// How many were asked for.
    pub(super) fn asked(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn next(&self) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let parameters = json!({"name": format!("bench-{number:010}"), "owner": "group:default/platform"});
        json!({"template": "event-service", "parameters": parameters}).to_string()
    }
}

/// What became of a round.
pub(super) struct Round {
    seconds: f64,
    /// In milliseconds, in order.
    latencies: Vec<f64>,
}

impl Round {
    /// Requests per second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(super) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The time, in milliseconds, within which this part of the requests was answered.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let place = (self.latencies.len() as f64 * part) as usize;
        self.latencies[place.min(self.latencies.len() - 1)]
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99] = [0.5, 0.99].map(|part| self.quantile(part));
        write!(f, "{:.0} requests/s (p50 {p50:.2} ms, p99 {p99:.2} ms)", self.rate())
    }
}

/// One request; the task that it answers with.
pub(super) async fn one(target: &Target, counter: &Counter) -> Result<Value> {
    let mut connection = Connection::open(target).await?;
    Ok(serde_json::from_slice(connection.post(&counter.next(), ACCEPTED).await?)?)
}

/// Loads a server for a while. Fails unless each answer is 202.
pub(super) async fn load(target: &Target, counter: &Counter, connections: u32, time: Duration) -> Result<Round> {
    let mut all = JoinSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(target).await?);
    }
    let begun = Instant::now();
    for connection in open {
        all.spawn(work(connection, counter.clone(), begun + time));
    }
    let mut latencies = Vec::new();
    while let Some(worked) = all.join_next().await {
        latencies.extend(worked.context("a connection's task ended early")??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(!latencies.is_empty(), "nothing was answered within {} s", time.as_secs());
    latencies.sort_by(f64::total_cmp);
    Ok(Round { seconds, latencies })
}

async fn work(mut connection: Connection, counter: Counter, until: Instant) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    loop {
        let asked = Instant::now();
        if asked >= until {
            return Ok(latencies);
        }
        connection.post(&counter.next(), ACCEPTED).await?;
        latencies.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
}
