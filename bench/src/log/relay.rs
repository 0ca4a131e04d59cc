//! From the outbox to a log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use heimdall::clock::SystemClock;
use heimdall::database::{Database, Query};
use heimdall::lifecycle::Shutdown;
use heimdall::messaging::envelope::EnvelopeMode;
use heimdall::messaging::log::Log;
use heimdall::messaging::outbox::{OutboxMessage, Relay, RelayConfig, enqueue};
use heimdall::wake::Wake;

use super::rate::rate;

/// So many messages are enqueued by one statement.
const FILL: usize = 1000;
const TEST_TIMEOUT: Duration = Duration::from_mins(5);

/// Puts the messages into the outbox, and measures how many of them for each second a relay moves to the log, from its
/// start until the outbox is empty.
pub(super) async fn drain(database: &Database, log: Arc<dyn Log>, messages: &[OutboxMessage]) -> Result<f64> {
    for messages in messages.chunks(FILL) {
        database.execute(enqueue(messages, EnvelopeMode::Structured)?).await?;
    }
    let relay = Relay::new(database.clone(), log, Arc::new(SystemClock), RelayConfig::default(), &Wake::default());
    let (mut health, shutdown, wanted) = (relay.health(), Shutdown::new(), messages.len());
    let begun = Instant::now();
    let running = tokio::spawn(relay.run(shutdown.clone()));
    let moved = health.wait_for(|health| health.moved + health.rejected >= wanted as u64);
    tokio::time::timeout(TEST_TIMEOUT, moved).await.context("the relay did not move all events")??;
    let took = begun.elapsed();
    shutdown.request();
    running.await?;
    ensure!(health.borrow().rejected == 0, "the log refused events");
    let left = database.fetch_all(Query::new("SELECT seq FROM heimdall_outbox LIMIT 1")).await?;
    ensure!(left.is_empty(), "the relay left events in the outbox");
    Ok(rate(wanted, took))
}
