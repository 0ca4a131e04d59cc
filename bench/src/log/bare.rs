//! What rdkafka does by itself: the baselines.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use heimdall::messaging::record::NewRecord;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext};

use super::rate::rate;
use super::read::new_group;
use super::samples::SIZE;

const TEST_TIMEOUT: Duration = Duration::from_mins(5);
const QUEUE_FULL: Duration = Duration::from_millis(1);

/// Counts what the brokers have.
#[derive(Default)]
struct Delivered(AtomicUsize);

impl ClientContext for Delivered {}

impl ProducerContext for Delivered {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Produces the records, idempotently and acknowledged by all replicas: from the first until the last is acknowledged.
/// Blocks.
pub(super) fn produce(brokers: &str, topic: &str, records: &[NewRecord]) -> Result<f64> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers).set("acks", "all").set("enable.idempotence", "true");
    config.set("partitioner", "murmur2_random");
    let producer = ThreadedProducer::<Delivered>::from_config_and_context(&config, Delivered::default())?;
    // Both know the topic before they begin.
    producer.client().fetch_metadata(Some(topic), TEST_TIMEOUT)?;
    let begun = Instant::now();
    for record in records {
        let mut sending = BaseRecord::to(topic).headers(headers(record));
        sending.key = record.key.as_deref();
        sending.payload = record.payload.as_deref();
        while let Err((error, back)) = producer.send(sending) {
            if error != KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) {
                return Err(error.into());
            }
            std::thread::sleep(QUEUE_FULL);
            sending = back;
        }
    }
    producer.flush(TEST_TIMEOUT)?;
    let (took, delivered) = (begun.elapsed(), producer.context().0.load(Ordering::Relaxed));
    ensure!(delivered == records.len(), "{delivered} of {} records were delivered", records.len());
    Ok(rate(records.len(), took))
}

fn headers(record: &NewRecord) -> OwnedHeaders {
    let headers = OwnedHeaders::new_with_capacity(record.headers.len());
    let add = |headers: OwnedHeaders, header: &heimdall::messaging::record::Header| {
        headers.insert(Header { key: &header.name, value: header.value.as_deref() })
    };
    record.headers.iter().fold(headers, add)
}

/// Consumes so many records as a group of its own, from the first record to the last. Blocks.
pub(super) fn consume(brokers: &str, topic: &str, wanted: usize) -> Result<f64> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers).set("group.id", new_group()).set("auto.offset.reset", "earliest");
    let consumer: BaseConsumer = config.create()?;
    consumer.subscribe(&[topic])?;
    let deadline = Instant::now() + TEST_TIMEOUT;
    let mut begun = Instant::now();
    let mut number = 0;
    while number < wanted {
        let Some(polled) = consumer.poll(Duration::from_millis(100)) else {
            if Instant::now() > deadline {
                bail!("{number} of {wanted} records came");
            }
            continue;
        };
        let size = polled?.payload().map_or(0, <[u8]>::len);
        ensure!(size == SIZE, "a record came with {size} bytes, not {SIZE}");
        if number == 0 {
            begun = Instant::now();
        }
        number += 1;
    }
    Ok(rate(wanted - 1, begun.elapsed()))
}
