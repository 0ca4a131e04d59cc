//! Moves the outbox to the log, for as long as the process lives.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

use super::config::RelayConfig;
use super::health::RelayHealth;
use super::lease::Leases;
use super::pass::{Moved, Pass, PassError, Waits};
use crate::backoff::delay;
use crate::clock::Clock;
use crate::database::{Database, DatabaseError, Query};
use crate::errors::with_causes;
use crate::messaging::log::Log;
use crate::shutdown::Shutdown;
use crate::wake::{Wake, WakeListener};

/// How often the backlog is counted.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// How long giving up the leases may take at the end.
const LEAVE_WITHIN: Duration = Duration::from_secs(3);

/// Moves the outbox to the log. Any number of relays may run; they share the buckets. Clones share their health and
/// what wakes them: one is run in the place of another that was ended.
#[derive(Clone)]
pub struct Relay {
    database: Database,
    log: Arc<dyn Log>,
    clock: Arc<dyn Clock>,
    config: RelayConfig,
    wake: Arc<WakeListener>,
    health: watch::Sender<RelayHealth>,
}

impl Relay {
    /// A relay from this database to this log, woken by `wake` after a commit.
    pub fn new(database: Database, log: Arc<dyn Log>, clock: Arc<dyn Clock>, config: RelayConfig, wake: &Wake) -> Self {
        let health = watch::Sender::new(RelayHealth::default());
        Self { database, log, clock, config, wake: Arc::new(wake.listen()), health }
    }

    /// How it stands; stays valid when the relay has ended.
    pub fn health(&self) -> watch::Receiver<RelayHealth> {
        self.health.subscribe()
    }

    /// Moves rows until shutdown is requested, then finishes what it has begun and gives its buckets away. No outage
    /// ends it. Dropping it at any moment loses nothing: what it had not deleted is published again.
    pub async fn run(self, shutdown: Shutdown) {
        let owner = format!("{:016x}", rand::random::<u64>());
        let mut leases = Leases::new(owner, Duration::from_millis(self.config.lease_ms));
        let mut waits = Waits::default();
        let mut failures = 0;
        let mut count_at = Instant::now();
        while !shutdown.is_requested() {
            let pause = match self.pass(&mut leases, &mut waits).await {
                Ok(moved) => {
                    failures = 0;
                    let max_backoff = Duration::from_millis(self.config.max_backoff_ms);
                    self.succeeded(&moved, &leases, waits.topics.failing(max_backoff));
                    if moved.more {
                        continue;
                    }
                    Duration::from_millis(self.config.poll_ms)
                }
                Err(error) => {
                    failures += 1;
                    self.failed(&error, failures);
                    delay(failures, Duration::from_millis(self.config.max_backoff_ms))
                }
            };
            if Instant::now() >= count_at {
                count_at = Instant::now() + COUNT_EVERY;
                self.count().await;
            }
            tokio::select! {
                () = shutdown.requested() => {}
                () = self.wake.notified(), if failures == 0 => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        if !matches!(tokio::time::timeout(LEAVE_WITHIN, leases.release(&self.database)).await, Ok(Ok(()))) {
            tracing::warn!("the relay's buckets could not be given away; they will be free when the lease ends");
        }
    }

    async fn pass(&self, leases: &mut Leases, waits: &mut Waits) -> Result<Moved, PassError> {
        let max_backoff = Duration::from_millis(self.config.max_backoff_ms);
        let pass = Pass { database: &self.database, batch: self.config.batch, max_backoff, waits };
        if let Some(log) = self.log.within(&self.database) {
            return pass.transfer(log).await;
        }
        leases.keep(&self.database).await?;
        let (buckets, until) = leases.held();
        let outcome = pass.publish(&*self.log, buckets, until).await;
        if let Err(PassError::Hung) = outcome {
            leases.stand_back(&self.database).await?;
        }
        outcome
    }

    fn succeeded(&self, moved: &Moved, leases: &Leases, missing: Vec<String>) {
        let now = self.clock.now();
        if moved.published > 0 {
            tracing::debug!(published = moved.published, "moved rows of the outbox to the log");
        }
        self.health.send_modify(|health| {
            if health.failing.take().is_some() {
                tracing::info!("the outbox moves again");
            }
            if missing.iter().any(|topic| !health.missing_topics.contains(topic)) {
                tracing::warn!(topics = missing.join(", "), "rows of the outbox wait for topics that don't exist");
            }
            health.missing_topics = missing;
            health.last_pass = Some(now);
            health.buckets = leases.held().0.len();
            health.moved += moved.published;
            health.rejected += moved.rejected;
        });
    }

    fn failed(&self, error: &PassError, failures: u32) {
        let reason = with_causes(error);
        if failures == 1 {
            tracing::warn!(error = reason, "the outbox does not move; trying again");
        }
        let now = self.clock.now();
        self.health.send_modify(|health| {
            let since = health.failing.as_ref().map_or(now, |(since, _)| *since);
            health.failing = Some((since, reason));
        });
    }

    /// Counts what waits.
    async fn count(&self) {
        match self.backlog().await {
            Ok((backlog, oldest)) => self.health.send_modify(|health| {
                health.backlog = backlog;
                health.oldest = oldest;
            }),
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "the rows that wait in the outbox can't be counted");
            }
        }
    }

    async fn backlog(&self) -> Result<(u64, Duration), DatabaseError> {
        let count = "SELECT count(*) AS waiting FROM (SELECT 1 FROM heimdall_outbox LIMIT 100000) AS rows_that_wait";
        let waiting = self.database.fetch_optional(Query::new(count)).await?;
        let waiting = waiting.map_or(Ok(0), |row| row.get::<i64>("waiting"))?;
        let first = format!(
            "SELECT created_at, {} AS now FROM heimdall_outbox ORDER BY seq LIMIT 1",
            self.database.dialect().now()
        );
        let oldest = match self.database.fetch_optional(Query::new(first)).await? {
            Some(row) => row.get::<DateTime<Utc>>("now")? - row.get::<DateTime<Utc>>("created_at")?,
            None => chrono::TimeDelta::zero(),
        };
        Ok((waiting.unsigned_abs(), oldest.to_std().unwrap_or_default()))
    }
}
