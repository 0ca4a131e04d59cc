//! Which relay moves which bucket. Leases end by the database's time, so that a relay that hangs holds nobody up;
//! living relays have equal shares, give or take one.

use std::time::Duration;

use tokio::time::Instant;

use super::BUCKETS;
use crate::database::{Database, DatabaseError, Query, Row};

/// The buckets that a relay holds.
pub(super) struct Leases {
    owner: String,
    duration: Duration,
    buckets: Vec<i64>,
    /// By this process's own clock, counted from before the question: never later than the database's.
    until: Instant,
    renew_at: Instant,
}

impl Leases {
    pub(super) fn new(owner: String, duration: Duration) -> Self {
        let now = Instant::now();
        Self { owner, duration, buckets: Vec::new(), until: now, renew_at: now }
    }

    /// The buckets that are held for certain, and until when.
    pub(super) fn held(&self) -> (&[i64], Instant) {
        if Instant::now() < self.until { (&self.buckets, self.until) } else { (&[], self.until) }
    }

    /// Renews, takes and gives away what is due.
    pub(super) async fn keep(&mut self, database: &Database) -> Result<(), DatabaseError> {
        let asked = Instant::now();
        if asked < self.renew_at {
            return Ok(());
        }
        let dialect = database.dialect();
        let (now, later) = (dialect.now(), dialect.later("$2"));
        let lease = i64::try_from(self.duration.as_micros()).unwrap_or(i64::MAX);
        let mut work = database.begin().await?;

        let alive = format!(
            "INSERT INTO heimdall_outbox_relay (owner, alive_until) VALUES ($1, {later})
             ON CONFLICT (owner) DO UPDATE SET alive_until = excluded.alive_until"
        );
        work.execute(Query::new(alive).bind(&*self.owner).bind(lease)).await?;
        let count = format!("SELECT count(*) AS relays FROM heimdall_outbox_relay WHERE alive_until > {now}");
        let relays = work.fetch_optional(Query::new(count)).await?.map_or(Ok(1), |row| row.get::<i64>("relays"))?;
        let share = usize::try_from(u64::from(BUCKETS.unsigned_abs()).div_ceil(relays.max(1).unsigned_abs()))
            .unwrap_or_default();

        let renew = format!(
            "UPDATE heimdall_outbox_bucket SET leased_until = {later} WHERE owner = $1 AND leased_until > {now}
             RETURNING bucket"
        );
        let mut held = buckets(&work.fetch_all(Query::new(renew).bind(&*self.owner).bind(lease)).await?)?;
        held.sort_unstable();
        if held.len() > share {
            let surplus = held.split_off(share);
            work.execute(give_away(database, &self.owner, surplus)).await?;
        } else if held.len() < share {
            let take = format!(
                "UPDATE heimdall_outbox_bucket SET owner = $1, epoch = epoch + 1, leased_until = {later}
                 WHERE bucket IN (SELECT bucket FROM heimdall_outbox_bucket WHERE leased_until <= {now}
                                  ORDER BY bucket LIMIT $3{skip})
                 RETURNING bucket",
                skip = dialect.skip_locked(),
            );
            let missing = i64::try_from(share - held.len()).unwrap_or_default();
            let take = Query::new(take).bind(&*self.owner).bind(lease).bind(missing);
            held.extend(buckets(&work.fetch_all(take).await?)?);
        }
        // Relays that ended without a word are forgotten some time after they stopped to count.
        let forget = format!("DELETE FROM heimdall_outbox_relay WHERE alive_until < {}", dialect.later("$1"));
        work.execute(Query::new(forget).bind(lease.saturating_mul(-4))).await?;
        work.commit().await?;

        self.buckets = held;
        self.until = asked + self.duration;
        self.renew_at = asked + self.duration / 3;
        Ok(())
    }

    /// Gives everything away and takes nothing for the length of a lease: another relay may do better.
    pub(super) async fn stand_back(&mut self, database: &Database) -> Result<(), DatabaseError> {
        self.renew_at = Instant::now() + self.duration;
        self.release(database).await
    }

    /// Gives everything away, so that others need not wait.
    pub(super) async fn release(&mut self, database: &Database) -> Result<(), DatabaseError> {
        let held = std::mem::take(&mut self.buckets);
        let leave = Query::new("DELETE FROM heimdall_outbox_relay WHERE owner = $1").bind(&*self.owner);
        database.execute_all(vec![give_away(database, &self.owner, held), leave]).await.map(|_| ())
    }
}

fn give_away(database: &Database, owner: &str, surplus: Vec<i64>) -> Query {
    let dialect = database.dialect();
    let sql = format!(
        "UPDATE heimdall_outbox_bucket SET owner = NULL, leased_until = {} WHERE owner = $1 AND {}",
        dialect.now(),
        dialect.any("bucket", "$2"),
    );
    Query::new(sql).bind(owner).bind(surplus)
}

fn buckets(rows: &[Row]) -> Result<Vec<i64>, DatabaseError> {
    rows.iter().map(|row| row.get("bucket")).collect()
}
