//! One partition's records, in order.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::attempt::{Outcome, attempt, park};
use super::health::{ConsumerHealth, Stuck};
use super::{ConsumerConfig, Handler};
use crate::backoff::delay;
use crate::errors::with_causes;
use crate::messaging::dead_letter::{Reason, Verdict};
use crate::messaging::envelope::CloudEvent;
use crate::messaging::record::{Position, Record};
use crate::messaging::work::WorkFactory;
use crate::telemetry::TraceContext;

/// What workers of a consumer have in common.
pub(super) struct Shared<H> {
    pub(super) work: WorkFactory,
    pub(super) group: String,
    pub(super) handler: Arc<H>,
    pub(super) config: ConsumerConfig,
    pub(super) health: watch::Sender<ConsumerHealth>,
    /// No new record is begun, and none is tried again.
    pub(super) stop: CancellationToken,
}

/// A position that may be committed, of a partition in one epoch.
pub(super) struct Done {
    pub(super) position: Position,
    pub(super) epoch: u64,
}

/// Works on the records one after the other. What it reports as done is durable.
pub(super) async fn run<H: Handler>(
    shared: Arc<Shared<H>>,
    mut records: mpsc::UnboundedReceiver<Record>,
    done: mpsc::UnboundedSender<Done>,
    epoch: u64,
) {
    while !shared.stop.is_cancelled() {
        let Some(record) = records.recv().await else { return };
        let span = span(&shared.group, &record);
        if !shared.process(&record).instrument(span).await {
            return;
        }
        // The consumer may have ended; then nobody wants to know.
        let _ = done.send(Done { position: record.next_position(), epoch });
    }
}

/// One span for all that is done about a record. It goes on with the trace of whoever published it.
fn span(group: &str, record: &Record) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "event",
        otel.name = %format_args!("process {}", record.topic),
        otel.kind = "consumer",
        messaging.operation.type = "process",
        messaging.destination.name = record.topic,
        messaging.destination.partition.id = record.partition,
        messaging.consumer.group.name = group,
        messaging.kafka.offset = record.offset,
        event.id = Empty,
        event.type = Empty,
    );
    let header = |name| record.headers.text(name);
    if let Some(parent) = header("traceparent").and_then(|parent| TraceContext::parse(parent, header("tracestate"))) {
        parent.continue_in(&span);
    }
    span
}

impl<H: Handler> Shared<H> {
    /// Answers false if it had to stop before the record was done.
    async fn process(&self, record: &Record) -> bool {
        let event = match CloudEvent::decode(record) {
            Ok(event) => event,
            Err(error) => {
                let verdict = Verdict { reason: Reason::Undecodable, detail: with_causes(&error), attempts: 0 };
                return self.park(record, verdict, 0).await;
            }
        };
        let span = Span::current();
        span.record("event.id", event.id.as_str());
        span.record("event.type", event.kind.as_str());
        // Outages are not the event's fault and don't count.
        let (mut tries, mut failures) = (0, 0);
        loop {
            let (reason, text) = match attempt(&self.work, &self.group, &*self.handler, &event, record).await {
                Outcome::Done => {
                    self.finished(record, |_| ());
                    return true;
                }
                Outcome::Duplicate => {
                    self.finished(record, |health| health.duplicates += 1);
                    return true;
                }
                Outcome::Bad(reason, text) => (Some(reason), text),
                Outcome::Away(text) => (None, text),
                Outcome::Failed(text) => {
                    failures += 1;
                    ((failures >= self.config.attempts).then_some(Reason::Exhausted), text)
                }
            };
            tries += 1;
            if let Some(reason) = reason {
                return self.park(record, Verdict { reason, detail: text, attempts: tries }, tries).await;
            }
            if !self.wait(record, tries, text).await {
                return false;
            }
        }
    }

    async fn park(&self, record: &Record, verdict: Verdict, mut tries: u32) -> bool {
        while let Err(error) = park(&self.work, &self.group, record, &verdict).await {
            tries += 1;
            if !self.wait(record, tries, format!("it can't be parked: {}", with_causes(&error))).await {
                return false;
            }
        }
        tracing::error!(
            topic = record.topic, partition = record.partition, offset = record.offset, group = self.group,
            reason = %verdict.reason, detail = verdict.detail, "parked a record that can't be processed"
        );
        self.finished(record, |health| health.parked += 1);
        true
    }

    fn finished(&self, record: &Record, note: impl FnOnce(&mut ConsumerHealth)) {
        let now = self.work.settings().clock.now();
        self.health.send_modify(|health| {
            health.last_progress = Some(now);
            health.done += 1;
            health.stuck.remove(&record.topic_partition());
            note(health);
        });
    }

    /// Waits before the next attempt. Answers false if it is time to stop.
    async fn wait(&self, record: &Record, tries: u32, reason: String) -> bool {
        if tries == 1 {
            tracing::warn!(
                topic = record.topic,
                partition = record.partition,
                offset = record.offset,
                group = self.group,
                reason,
                "an event is tried again"
            );
        }
        let now = self.work.settings().clock.now();
        self.health.send_modify(|health| {
            let stuck = health.stuck.entry(record.topic_partition());
            let stuck =
                stuck.or_insert(Stuck { offset: record.offset, since: now, attempts: 0, reason: String::new() });
            stuck.attempts = tries;
            stuck.reason = reason;
        });
        let pause = delay(tries, Duration::from_millis(self.config.max_backoff_ms));
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }
}
