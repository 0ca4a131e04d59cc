use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::TestService;
use crate::database::Query;

/// How long it may take until all is handled.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What is left to do at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    /// Rows that wait in the outbox.
    outbox: i64,
    /// For each consumer, how many records stand on its topics and how many it was done with.
    consumers: Vec<(String, u64, u64)>,
}

impl TestService {
    /// Waits until everything that was published is on the log and handled (or parked), and so is all that followed
    /// from it.
    ///
    /// # Panics
    ///
    /// If that takes longer than half a minute: then an event fails again and again, and the message says why.
    pub async fn settle(&self) {
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        let mut before = self.left().await;
        loop {
            assert!(Instant::now() < deadline, "not settled within {SETTLE_TIMEOUT:?}: {}", self.stuck(&before));
            sleep(LOOK_EVERY).await;
            let now = self.left().await;
            // Twice the same: between the two looks at the database and at the consumers nothing was under way.
            if now == before && now.is_nothing() {
                return;
            }
            before = now;
        }
    }

    async fn left(&self) -> Left {
        let counts = "SELECT (SELECT count(*) FROM heimdall_outbox) AS waiting, '' AS topic, 0 AS records
             UNION ALL SELECT 0, topic, count(*) FROM heimdall_log_record GROUP BY topic";
        let rows = self.rows(Query::new(counts)).await;
        let records: Vec<(String, i64)> = rows
            .iter()
            .map(|row| (row.get("topic").unwrap_or_default(), row.get("records").unwrap_or_default()))
            .collect();
        let outbox = rows.iter().map(|row| row.get::<i64>("waiting").unwrap_or_default()).sum();
        let consumers = self.service().messaging().standing();
        let consumers = consumers.into_iter().map(|(subscription, health)| {
            let on_its_topics = records.iter().filter(|(topic, _)| subscription.matches(topic));
            let count: i64 = on_its_topics.map(|(_, count)| count).sum();
            (subscription.group().to_owned(), count.unsigned_abs(), health.done)
        });
        Left { outbox, consumers: consumers.collect() }
    }

    fn stuck(&self, left: &Left) -> String {
        let consumers = self.service().messaging().standing();
        let reasons = consumers.iter().flat_map(|(_, health)| health.stuck.iter());
        let reasons: Vec<_> = reasons.map(|(partition, stuck)| format!("{partition}: {}", stuck.reason)).collect();
        format!("{left:?}; {}", reasons.join("; "))
    }
}

impl Left {
    fn is_nothing(&self) -> bool {
        self.outbox == 0 && self.consumers.iter().all(|(_, records, done)| records == done)
    }
}
