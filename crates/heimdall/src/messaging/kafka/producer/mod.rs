//! Publishing: idempotent, acknowledged by all replicas in sync, and in order per key whatever happens.
//!
//! What could reorder a key is a record that fails while a later one of its key gets through. So no record fails by
//! itself: librdkafka keeps trying for ever (`message.timeout.ms=0`), and when our own deadline passes, or Kafka
//! refuses a batch (`enable.gapless.guarantee` makes that fatal for the client), the whole client is *retired*: it
//! takes nothing any more, everything it has not seen acknowledged fails together, and a new client takes over. What an
//! old client may still have on the wire is a run of records without gaps, the same run that is then published again:
//! readers see records twice, but first occurrences in order.

mod call;
mod client;
mod outcome;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::call::Call;
use self::client::{Producer, Sent};
use self::outcome::Outcome;
use super::KafkaConfig;
use super::error::{Failure, KafkaSetupError};
use crate::messaging::log::PublishError;
use crate::messaging::pattern::check_topic;
use crate::messaging::record::NewRecord;

/// How long a retired client may take to report what it takes back; it does so from memory.
const TAKE_BACK: Duration = Duration::from_secs(5);
/// How long to wait when librdkafka's own queue is full.
const QUEUE_FULL: Duration = Duration::from_millis(2);

const EARLIER: Failure = Failure::Transient("an earlier record of the call has failed", None);
const TOO_LATE: Failure = Failure::Transient("Kafka did not acknowledge it in time", None);

/// Publishes through whichever client is in service.
pub(super) struct Publisher {
    config: Mutex<ClientConfig>,
    timeout: Duration,
    current: Mutex<Option<Arc<Producer>>>,
}

impl Publisher {
    /// Makes the first client too, so that options it would not take are known at once.
    pub(super) fn new(config: &KafkaConfig) -> Result<Self, KafkaSetupError> {
        let timeout = config.publish_timeout();
        let config = super::client::producer(config);
        let first = Producer::new(&config)?;
        Ok(Self { config: Mutex::new(config), timeout, current: Mutex::new(Some(Arc::new(first))) })
    }

    /// Retires the client for one with these settings. How long a record may wait stays as it was.
    pub(super) fn reconfigure(&self, config: &KafkaConfig) -> Result<(), KafkaSetupError> {
        let config = super::client::producer(config);
        let client = Arc::new(Producer::new(&config)?);
        let mut current = self.lock();
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
        if let Some(old) = current.replace(client) {
            old.retire();
        }
        Ok(())
    }

    pub(super) async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>> {
        let mut outcomes: Vec<Outcome> = records.iter().map(|record| check(record).map(Err)).collect();
        self.attempt(&records, &mut outcomes).await;
        if outcomes.iter().any(|outcome| matches!(outcome, Some(Err(Failure::Refused(_))))) {
            self.one_by_one(&records, &mut outcomes).await;
        }
        let answer = |(record, outcome): (NewRecord, Outcome)| {
            outcome.unwrap_or(Err(TOO_LATE)).map_err(|failure| failure.into_error(record.topic))
        };
        records.into_iter().zip(outcomes).map(answer).collect()
    }

    /// Whether there is a client, and it is not about to be replaced.
    pub(super) fn client(&self) -> Result<Arc<Producer>, KafkaSetupError> {
        let mut current = self.lock();
        if let Some(client) = current.as_ref().filter(|client| !client.is_broken()) {
            return Ok(Arc::clone(client));
        }
        if let Some(broken) = current.take() {
            broken.retire();
        }
        let config = self.config.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let client = Arc::new(Producer::new(&config)?);
        *current = Some(Arc::clone(&client));
        Ok(client)
    }

    fn retire(&self, client: &Arc<Producer>) {
        let mut current = self.lock();
        client.retire();
        current.take_if(|current| Arc::ptr_eq(current, client));
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Producer>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends all that have no outcome yet, and sees to it that they get one.
    async fn attempt(&self, records: &[NewRecord], outcomes: &mut [Outcome]) {
        let deadline = Instant::now() + self.timeout;
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "there is no Kafka producer");
                fill(outcomes, Failure::Transient("there is no Kafka producer", None));
                return;
            }
        };
        let open = |(_, outcome): &(&NewRecord, &mut Outcome)| outcome.is_none();
        let topics = records.iter().zip(outcomes.iter_mut()).filter(open).map(|(record, _)| record.topic.as_str());
        let unknown = client.missing_topics(topics.collect()).await;
        let call = Call::new(records.len());
        enqueue(&client, &call, records, outcomes, &unknown, deadline).await;
        call.all_sent();
        if timeout_at(deadline, call.finished()).await.is_err() {
            self.retire(&client);
            // Whatever is not reported even now stays open, which counts as too late.
            let _ = timeout(TAKE_BACK, call.finished()).await;
        }
        for (place, (outcome, reported)) in outcomes.iter_mut().zip(call.outcomes()).enumerate() {
            if matches!(reported, Some(Err(Failure::UnknownTopic))) {
                client.forget(&records[place].topic);
            }
            *outcome = outcome.or(reported);
        }
        if client.is_broken() {
            self.retire(&client);
        }
    }

    /// A refused batch does not say which of its records was at fault: each of those that failed is sent alone, in
    /// order, until one of them has to wait.
    async fn one_by_one(&self, records: &[NewRecord], outcomes: &mut [Outcome]) {
        let mut waiting = false;
        for (record, outcome) in records.iter().zip(outcomes) {
            match outcome {
                Some(Err(failure))
                    if *failure != Failure::UnknownTopic && !matches!(failure, Failure::Permanent(..)) =>
                {
                    if waiting {
                        *failure = EARLIER;
                        continue;
                    }
                    let mut alone = [None];
                    Box::pin(self.attempt(std::slice::from_ref(record), &mut alone)).await;
                    *outcome = alone[0].map(|result| result.map_err(Failure::alone));
                    waiting = matches!(outcome, None | Some(Err(Failure::UnknownTopic | Failure::Transient(..))));
                }
                _ => {}
            }
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if let Some(client) = self.lock().take() {
            client.retire();
        }
    }
}

/// Hands the records over, in order, until one cannot be.
async fn enqueue(
    client: &Producer,
    call: &Arc<Call>,
    records: &[NewRecord],
    outcomes: &mut [Outcome],
    unknown: &BTreeMap<String, Failure>,
    deadline: Instant,
) {
    let mut stopped = false;
    for (place, (record, outcome)) in records.iter().zip(outcomes).enumerate().filter(|(_, (_, o))| o.is_none()) {
        if let Some(failure) = unknown.get(&record.topic) {
            *outcome = Some(Err(*failure));
            continue;
        }
        while !stopped && !call.has_failed() {
            match client.send(record, call, place) {
                Sent::Queued => break,
                Sent::Full if Instant::now() < deadline => sleep(QUEUE_FULL).await,
                Sent::Full => *outcome = Some(Err(TOO_LATE)),
                Sent::Failed(failure) => *outcome = Some(Err(failure)),
            }
            if let Some(Err(failure)) = *outcome {
                stopped = failure.is_transient();
                break;
            }
        }
        if outcome.is_none() && !call.holds(place) {
            *outcome = Some(Err(EARLIER));
        }
    }
}

fn fill(outcomes: &mut [Outcome], failure: Failure) {
    for outcome in outcomes {
        outcome.get_or_insert(Err(failure));
    }
}

/// What librdkafka could only choke on.
fn check(record: &NewRecord) -> Option<Failure> {
    if check_topic(&record.topic).is_err() {
        return Some(Failure::Permanent("that is no topic name", None));
    }
    let nul = record.headers.iter().any(|header| header.name.contains('\0'));
    nul.then_some(Failure::Permanent("a header's name contains NUL", None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_settings_come_with_a_new_client() {
        let config = KafkaConfig { brokers: "127.0.0.1:1".to_owned(), ..KafkaConfig::default() };
        let publisher = Publisher::new(&config).unwrap();
        let first = publisher.client().unwrap();
        let wrong = KafkaConfig { options: config.options.clone().with("sasl.mechanism", "?"), ..config.clone() };
        let wrong = KafkaConfig { options: wrong.options.with("security.protocol", "?"), ..wrong };
        publisher.reconfigure(&wrong).unwrap_err();
        assert!(Arc::ptr_eq(&first, &publisher.client().unwrap()), "what librdkafka refuses is not taken over");
        publisher.reconfigure(&config).unwrap();
        assert!(!Arc::ptr_eq(&first, &publisher.client().unwrap()));
    }
}
