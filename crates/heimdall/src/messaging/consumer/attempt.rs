//! One record, one transaction.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;

use super::{Handler, HandlerError};
use crate::database::DatabaseError;
use crate::errors::{panic_message, with_causes};
use crate::messaging::dead_letter::{self, Reason, Verdict};
use crate::messaging::envelope::CloudEvent;
use crate::messaging::inbox;
use crate::messaging::outbox;
use crate::messaging::record::Record;
use crate::messaging::work::{Cause, WorkFactory};

/// The inbox's source of parked records: so that what is parked and delivered again is not parked again. It is none
/// that an event has, hence a parked event can be replayed.
const PARKED: &str = "heimdall:parked";

/// How an attempt ended.
pub(super) enum Outcome {
    Done,
    Duplicate,
    /// Not the event's fault.
    Away(String),
    /// It may pass.
    Failed(String),
    /// It won't.
    Bad(Reason, String),
}

pub(super) async fn attempt<H: Handler>(
    work: &WorkFactory,
    group: &str,
    handler: &H,
    event: &CloudEvent,
    record: &Record,
) -> Outcome {
    let effect = process_once(work, group, handler, event, record);
    match AssertUnwindSafe(effect).catch_unwind().await {
        Ok(Ok(true)) => Outcome::Done,
        Ok(Ok(false)) => Outcome::Duplicate,
        Ok(Err(error)) => {
            let text = with_causes(&error);
            match error {
                HandlerError::Unavailable(_) => Outcome::Away(text),
                HandlerError::Transient(_) => Outcome::Failed(text),
                HandlerError::Rejected { .. } => Outcome::Bad(Reason::Rejected, text),
            }
        }
        Err(panic) => Outcome::Bad(Reason::Panicked, format!("the handler panicked: {}", panic_message(&*panic))),
    }
}

/// Answers false if the event was taken in before. One that nobody takes is done with, and not remembered.
async fn process_once<H: Handler>(
    factory: &WorkFactory,
    group: &str,
    handler: &H,
    event: &CloudEvent,
    record: &Record,
) -> Result<bool, HandlerError> {
    if !handler.takes(event, record) {
        return Ok(true);
    }
    let mut work = factory.begin(Cause::event(event)).await?;
    if !inbox::remember(&mut work, group, &event.source, &event.id).await? {
        return Ok(false);
    }
    handler.handle(event, record, &mut work).await?;
    work.commit().await?;
    Ok(true)
}

/// Makes the dead letter durable.
pub(super) async fn park(
    factory: &WorkFactory,
    group: &str,
    record: &Record,
    verdict: &Verdict,
) -> Result<(), DatabaseError> {
    let dead = dead_letter::park(group, record, verdict, factory.settings().clock.now());
    let Ok(enqueue) = outbox::enqueue_records(std::slice::from_ref(&dead)) else {
        // One record, of a topic that was checked: there is always a query.
        return Ok(());
    };
    let mut work = factory.database().begin().await?;
    if inbox::remember(&mut work, group, PARKED, &dead_letter::place(record)).await? {
        work.execute(enqueue).await?;
        work.commit().await?;
    }
    Ok(())
}
