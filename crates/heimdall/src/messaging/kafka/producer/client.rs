//! One librdkafka producer, from its making to its retirement.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::metadata::MetadataTopic;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, PurgeConfig, ThreadedProducer};
use rdkafka::types::RDKafkaRespErr;

use super::call::{Call, Ticket};
use crate::messaging::kafka::client::{LogContext, drop_elsewhere};
use crate::messaging::kafka::error::Failure;
use crate::messaging::kafka::record::to_headers;
use crate::messaging::record::NewRecord;

/// How long to wait for word about topics that have not been published to before.
const METADATA: Duration = Duration::from_secs(5);

type Client = ThreadedProducer<Context>;

/// Brings acknowledgements back to the calls they belong to.
struct Context(LogContext);

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.0.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.error(error, reason);
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<Ticket>;

    fn delivery(&self, result: &DeliveryResult<'_>, ticket: Box<Ticket>) {
        ticket.complete(match result {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(Failure::of(error.rdkafka_error_code().unwrap_or(Code::Fail))),
        });
    }
}

/// What became of handing a record over.
pub(super) enum Sent {
    /// It is on its way.
    Queued,
    /// There is no room just now.
    Full,
    /// It was not taken.
    Failed(Failure),
}

/// A client in service, or retired.
pub(in crate::messaging::kafka) struct Producer {
    /// Always there until the drop.
    client: Option<Client>,
    /// Written under the lock that sending reads, so that nothing slips in after what is taken back.
    retired: RwLock<bool>,
    known: Mutex<HashSet<String>>,
}

impl Producer {
    pub(super) fn new(config: &ClientConfig) -> Result<Self, KafkaError> {
        let client = Client::from_config_and_context(config, Context(LogContext::new("producer")))?;
        Ok(Self { client: Some(client), retired: RwLock::new(false), known: Mutex::default() })
    }

    /// Whether librdkafka has given up on this client.
    pub(super) fn is_broken(&self) -> bool {
        self.client.as_ref().is_none_or(|client| client.client().fatal_error().is_some())
    }

    /// Takes nothing any more; what is not acknowledged yet fails, all of it.
    pub(super) fn retire(&self) {
        let mut retired = self.retired.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = self.client.as_ref().filter(|_| !*retired) {
            client.purge(PurgeConfig::default().queue().inflight());
        }
        *retired = true;
    }

    pub(super) fn send(&self, record: &NewRecord, call: &Arc<Call>, place: usize) -> Sent {
        let retired = self.retired.read().unwrap_or_else(PoisonError::into_inner);
        let Some(client) = self.client.as_ref().filter(|_| !*retired) else {
            return Sent::Failed(Failure::Transient("the Kafka client has just been replaced", None));
        };
        let mut sending = BaseRecord::with_opaque_to(&record.topic, Box::new(call.ticket(place)));
        sending.key = record.key.as_deref();
        sending.payload = record.payload.as_deref();
        sending.headers = to_headers(&record.headers);
        match client.send(sending) {
            Ok(()) => Sent::Queued,
            Err((error, back)) => {
                back.delivery_opaque.give_back();
                match error.rdkafka_error_code() {
                    Some(Code::QueueFull) => Sent::Full,
                    // It is about this record: librdkafka has not put it into a batch yet.
                    code => Sent::Failed(Failure::of(code.unwrap_or(Code::Fail)).alone()),
                }
            }
        }
    }

    /// Which of these topics cannot be published to, and why. Only topics that are new to the client are asked for.
    ///
    /// librdkafka would hold records of an unknown topic and fail them later, when others may have overtaken them.
    pub(super) async fn missing_topics(self: &Arc<Self>, topics: BTreeSet<&str>) -> BTreeMap<String, Failure> {
        let new: Vec<String> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            topics.into_iter().filter(|topic| !known.contains(*topic)).map(str::to_owned).collect()
        };
        if new.is_empty() {
            return BTreeMap::new();
        }
        let client = Arc::clone(self);
        let names = new.clone();
        let asked = tokio::task::spawn_blocking(move || client.ask_for(&new)).await;
        // The runtime shuts down: nothing can be asked any more.
        asked.unwrap_or_else(|_| {
            let failure = Failure::Transient("the process is shutting down", None);
            names.into_iter().map(|name| (name, failure)).collect()
        })
    }

    fn ask_for(&self, topics: &[String]) -> BTreeMap<String, Failure> {
        let mut missing = BTreeMap::new();
        let mut away = None;
        for topic in topics {
            let failure = away.or_else(|| match self.metadata(topic, METADATA) {
                Ok(failure) => failure,
                Err(error) => {
                    let code = error.rdkafka_error_code();
                    away = Some(Failure::Transient("Kafka does not answer", code));
                    away
                }
            });
            match failure {
                Some(failure) => drop(missing.insert(topic.clone(), failure)),
                None => drop(self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.clone())),
            }
        }
        missing
    }

    /// Asks about one topic; blocks. What is wrong with the topic, if something is.
    pub(in crate::messaging::kafka) fn metadata(
        &self,
        topic: &str,
        timeout: Duration,
    ) -> Result<Option<Failure>, KafkaError> {
        use RDKafkaRespErr::{
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED as FORBIDDEN,
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART as UNKNOWN,
        };
        let client = self.client.as_ref().ok_or(KafkaError::Canceled)?;
        let metadata = client.client().fetch_metadata(Some(topic), timeout)?;
        Ok(match metadata.topics().first().and_then(MetadataTopic::error) {
            Some(UNKNOWN) => Some(Failure::UnknownTopic),
            Some(FORBIDDEN) => Some(Failure::of(Code::TopicAuthorizationFailed)),
            // Anything else, such as a leader that is being elected, librdkafka waits out.
            _ => None,
        })
    }

    /// Asks about the topic again before it is published to.
    pub(super) fn forget(&self, topic: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(topic);
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop_elsewhere(client);
        }
    }
}
