//! The thread that polls Kafka for one subscriber.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use tokio::sync::oneshot;

use super::context::{Client, Context, commit, store_positions};
use super::member::Member;
use super::probe::probe;
use super::queue::{Polled, Queue};
use crate::messaging::kafka::KafkaConfig;
use crate::messaging::kafka::client::{LogContext, consumer, drop_elsewhere};
use crate::messaging::kafka::record::from_message;
use crate::messaging::log::{BoxError, Membership, Subscription};

/// How long one poll waits; also how soon a close is noticed.
const POLL: Duration = Duration::from_millis(100);
/// How often a member that is not (yet) one is looked after, and how long to wait before another client is made.
const LOOK: Duration = Duration::from_secs(2);
/// How long the consumer may keep us waiting before fetching is paused. Kafka is polled on: membership depends on it.
const STALL: Duration = Duration::from_secs(1);
/// How many records, and how many bytes of them, are handed over at once.
const BATCH_RECORDS: usize = 500;
const BATCH_BYTES: usize = 1024 * 1024;

/// Polls until the subscriber is closed, through as many clients as that takes.
pub(super) struct Poller {
    config: ClientConfig,
    subscription: Subscription,
    member: Arc<Member>,
    queue: Arc<Queue>,
}

/// Why a client is polled no more.
enum Ended {
    /// The subscriber is closed.
    Closed,
    /// The client is of no use any more.
    Broken(KafkaError),
}

impl Poller {
    pub(super) fn new(
        config: &KafkaConfig,
        subscription: &Subscription,
        member: Arc<Member>,
        queue: Arc<Queue>,
    ) -> Self {
        Self { config: consumer(config, subscription), subscription: subscription.clone(), member, queue }
    }

    /// Makes the first client and goes to work on a thread of its own. `done` is told when the group is left.
    pub(super) fn start(self, done: oneshot::Sender<()>) -> Result<(), BoxError> {
        let first = self.client()?;
        let name = format!("kafka-{}", self.subscription.group());
        thread::Builder::new().name(name).spawn(move || {
            // Dropped last, and also if this thread should panic: nobody waits for a poller that is gone.
            let _done = done;
            let _finish = Finish { member: Arc::clone(&self.member), queue: Arc::clone(&self.queue) };
            self.run(first);
        })?;
        Ok(())
    }

    fn client(&self) -> Result<Client, KafkaError> {
        let log = LogContext::new(self.subscription.group());
        let client = Client::from_config_and_context(&self.config, Context { log, member: Arc::clone(&self.member) })?;
        let patterns = self.subscription.topics().iter();
        let topics: Vec<_> =
            patterns.map(|topic| if topic.is_literal() { topic.to_string() } else { topic.to_regex() }).collect();
        client.subscribe(&topics.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(client)
    }

    fn run(&self, first: Client) {
        let group = self.subscription.group();
        let mut next = Some(first);
        while !self.queue.is_closing() {
            let client = match next.take().map_or_else(|| self.client(), Ok) {
                Ok(client) => client,
                Err(error) => {
                    self.member.lose(Membership::Away { reason: error.to_string() });
                    self.queue.rest(LOOK);
                    continue;
                }
            };
            match self.serve(&client) {
                Ended::Closed => {
                    store_positions(&client, &self.member);
                    commit(&client, group);
                    // Leaves the group, and waits until it has.
                    drop(client);
                }
                Ended::Broken(error) => {
                    tracing::warn!(group, %error, "the Kafka consumer is made anew");
                    self.member.lose(Membership::Away { reason: error.to_string() });
                    drop_elsewhere(client);
                    self.queue.rest(LOOK);
                }
            }
        }
    }

    fn serve(&self, client: &Client) -> Ended {
        let mut batch: Vec<Polled> = Vec::new();
        let mut looked = Instant::now();
        let mut stalled: Option<Instant> = None;
        let mut paused: Option<u64> = None;
        loop {
            if self.queue.is_closing() {
                return Ended::Closed;
            }
            store_positions(client, &self.member);
            if looked.elapsed() > LOOK && self.member.membership() != Membership::Member {
                probe(client, &self.member, &self.subscription);
                looked = Instant::now();
            }
            if !batch.is_empty() {
                match self.queue.push(batch, POLL) {
                    None => {
                        batch = Vec::new();
                        stalled = None;
                    }
                    Some(back) => batch = back,
                }
            }
            if batch.is_empty() {
                if paused.take().is_some() {
                    each_partition(client, Client::resume);
                }
            } else {
                if stalled.get_or_insert_with(Instant::now).elapsed() < STALL {
                    continue;
                }
                // Partitions that came since are paused too.
                let revision = self.member.revision();
                if paused.replace(revision) != Some(revision) {
                    each_partition(client, Client::pause);
                }
            }
            if let Err(error) = self.fill(client, &mut batch) {
                return Ended::Broken(error);
            }
        }
    }

    /// Polls once, waiting, and then for as long as records are there at once.
    fn fill(&self, client: &Client, batch: &mut Vec<Polled>) -> Result<(), KafkaError> {
        let full = BATCH_RECORDS.max(batch.len() + 1);
        let mut bytes = 0;
        let mut patience = if batch.is_empty() { POLL } else { Duration::ZERO };
        while batch.len() < full && bytes < BATCH_BYTES {
            match client.poll(patience) {
                None => break,
                Some(Ok(message)) => {
                    let record = from_message(&message);
                    bytes += record.payload.as_ref().map_or(0, bytes::Bytes::len);
                    batch.push(Polled { record, revision: self.member.revision() });
                }
                Some(Err(error)) => self.judge(error)?,
            }
            patience = Duration::ZERO;
        }
        Ok(())
    }

    /// Most errors pass by themselves; some end a client.
    fn judge(&self, error: KafkaError) -> Result<(), KafkaError> {
        match error {
            KafkaError::MessageConsumptionFatal(_) | KafkaError::MessageConsumption(Code::PollExceeded) => Err(error),
            other => {
                tracing::debug!(group = self.subscription.group(), error = %other, "polling Kafka");
                Ok(())
            }
        }
    }
}

fn each_partition(client: &Client, change: fn(&Client, &rdkafka::TopicPartitionList) -> Result<(), KafkaError>) {
    if let Err(error) = client.assignment().and_then(|partitions| change(client, &partitions)) {
        tracing::debug!(%error, "pausing or resuming partitions");
    }
}

/// Says that the poller is gone.
struct Finish {
    member: Arc<Member>,
    queue: Arc<Queue>,
}

impl Drop for Finish {
    fn drop(&mut self) {
        self.member.lose(Membership::Closed);
        self.queue.finish();
    }
}
