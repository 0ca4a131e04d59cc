//! Load: connections that each ask again as soon as they are answered.

mod connection;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;

pub(crate) use self::connection::{Connection, Target};

/// What is asked for.
pub(crate) trait Requests: Clone + Send + Sync + 'static {
    /// The body of the next request: JSON, or empty for a request without one.
    fn next(&self) -> String;

    /// Fails unless the body of an answer is one that is expected.
    fn check(&self, answer: &[u8]) -> Result<()>;
}

/// What became of a round.
pub(crate) struct Round {
    seconds: f64,
    /// In milliseconds, in order.
    latencies: Vec<f64>,
}

impl Round {
    /// How many requests were answered.
    pub(crate) fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Requests per second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The time, in milliseconds, within which this part of the requests was answered.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    pub(crate) fn quantile(&self, part: f64) -> f64 {
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

/// Loads a server for a while. Fails unless each answer has the target's status and is one that is expected.
pub(crate) async fn load(target: &Target, requests: &impl Requests, connections: u32, time: Duration) -> Result<Round> {
    let mut all = JoinSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(target).await?);
    }
    let begun = Instant::now();
    for connection in open {
        all.spawn(work(connection, requests.clone(), begun + time));
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

async fn work(mut connection: Connection, requests: impl Requests, until: Instant) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    loop {
        let asked = Instant::now();
        if asked >= until {
            return Ok(latencies);
        }
        requests.check(connection.ask(&requests.next()).await?)?;
        latencies.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
}
