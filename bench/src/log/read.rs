//! From a log to a consumer that does nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use heimdall::database::Database;
use heimdall::lifecycle::Shutdown;
use heimdall::messaging::Work;
use heimdall::messaging::consumer::{Consumer, Handler, HandlerError};
use heimdall::messaging::envelope::CloudEvent;
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::{Position, Record, TopicPartition};
use heimdall::messaging::topics::DeclaredTopics;
use heimdall::testing::work_on;
use uuid::Uuid;

use super::rate::rate;
use super::samples::SIZE;

/// Positions are committed each time so many records are done.
const COMMIT_EVERY: usize = 1000;
const TEST_TIMEOUT: Duration = Duration::from_mins(5);

/// A group that has read nothing yet.
pub(super) fn new_group() -> String {
    format!("bench-{}", Uuid::new_v4().simple())
}

/// Reads so many records as a group of its own, and commits. From the first record to the last: joining the group is
/// not counted.
pub(super) async fn subscribe(log: &dyn Log, topic: &str, wanted: usize) -> Result<f64> {
    let mut subscriber = log.subscribe(&Subscription::new(new_group(), [topic.parse()?])?).await?;
    let reading = async {
        let mut positions = HashMap::<TopicPartition, Position>::new();
        let mut begun = Instant::now();
        for number in 0..wanted {
            let record = subscriber.next().await?;
            if number == 0 {
                begun = Instant::now();
            }
            let size = record.payload.as_ref().map_or(0, bytes::Bytes::len);
            ensure!(size == SIZE, "a record came with {size} bytes, not {SIZE}");
            let position = record.next_position();
            positions.insert(position.partition.clone(), position);
            if number % COMMIT_EVERY == COMMIT_EVERY - 1 {
                subscriber.commit(&positions.drain().map(|(_, position)| position).collect::<Vec<_>>()).await?;
            }
        }
        Ok(rate(wanted - 1, begun.elapsed()))
    };
    let rate = tokio::time::timeout(TEST_TIMEOUT, reading).await.context("the subscriber did not bring all records")?;
    subscriber.close().await?;
    rate
}

/// A consumer whose handler does nothing: what remains is decoding, a transaction with its inbox row, and the commit.
pub(super) async fn consume(database: &Database, log: Arc<dyn Log>, topic: &str, wanted: u64) -> Result<f64> {
    let subscription = Subscription::new(new_group(), [topic.parse()?])?;
    let consumer = Consumer::new(work_on(database, DeclaredTopics::default()), log, subscription, Nothing);
    let (mut health, shutdown) = (consumer.health(), Shutdown::new());
    let running = tokio::spawn(consumer.run(shutdown.clone()));
    let working = async {
        let first = health.wait_for(|health| health.done > 0).await?.done;
        let begun = Instant::now();
        let last = health.wait_for(|health| health.done >= wanted).await?.done;
        Ok(rate(usize::try_from(last - first)?, begun.elapsed()))
    };
    let rate = tokio::time::timeout(TEST_TIMEOUT, working).await.context("the consumer did not do all records")?;
    shutdown.request();
    running.await??;
    let health = health.borrow();
    ensure!(health.parked == 0 && health.duplicates == 0, "the consumer parked or skipped records: {health:?}");
    rate
}

struct Nothing;

impl Handler for Nothing {
    async fn handle(&self, _: &CloudEvent, _: &Record, _: &mut Work) -> Result<(), HandlerError> {
        Ok(())
    }
}
