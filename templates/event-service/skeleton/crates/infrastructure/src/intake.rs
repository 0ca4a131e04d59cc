use std::sync::Arc;

use domain::{Item, Tally};
use heimdall::clock::Clock;
use heimdall::database::Transaction;
use heimdall::ids::Ids;
use heimdall::messaging::consumer::{Handler, HandlerError};
use heimdall::messaging::envelope::{EnvelopeMode, Event};
use heimdall::messaging::outbox::{OutboxMessage, enqueue};
use heimdall::messaging::record::Record;

use crate::{ITEMS_RECEIVED, ItemsReceived, TALLY_CHANGED, Tallies, TallyChanged};

/// Adds up what comes in, and tells of it.
///
/// Tally, outgoing event and the memory of the incoming one are one transaction, so that each event counts once however
/// often it is delivered, and no change goes untold.
pub struct Intake {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    output: String,
}

impl Intake {
    /// An intake that publishes to the topic `output`.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, output: impl Into<String>) -> Self {
        Self { clock, ids, output: output.into() }
    }

    fn news(&self, cause: &Event, tally: &Tally, received: u64) -> Result<OutboxMessage, HandlerError> {
        let id = self.ids.next().to_string();
        let conversation = cause.correlationid.as_ref().unwrap_or(&cause.id);
        let event = Event::builder(id, "/${{ values.name }}", TALLY_CHANGED, self.clock.now())
            .subject(tally.item().as_str())
            .caused_by(cause.id.as_str())
            .correlated_with(conversation.as_str())
            .traceparent(cause.traceparent.clone())
            .json(&TallyChanged::new(tally, received))
            .and_then(heimdall::messaging::envelope::EventBuilder::build)
            .map_err(HandlerError::transient)?;
        Ok(OutboxMessage { topic: self.output.clone(), key: tally.item().to_string(), event, headers: Vec::new() })
    }
}

impl Handler for Intake {
    async fn handle(&self, event: &Event, _: &Record, work: &mut Transaction) -> Result<(), HandlerError> {
        if event.kind != ITEMS_RECEIVED {
            return Ok(());
        }
        let received: ItemsReceived = event.data()?;
        let item = Item::parse(&received.item).map_err(|error| HandlerError::rejected(error.to_string()))?;

        let now = self.clock.now();
        let mut tally = Tallies::take(work, &item).await?.unwrap_or_else(|| Tally::of(item, now));
        tally.add(received.quantity, now).map_err(|error| HandlerError::rejected(error.to_string()))?;

        let news = self.news(event, &tally, received.quantity)?;
        let tell = enqueue(&[news], EnvelopeMode::Structured).map_err(HandlerError::transient)?;
        work.execute_all(vec![Tallies::save(&tally), tell]).await?;
        Ok(())
    }
}
