use std::sync::PoisonError;

use super::TestService;
use crate::database::Query;
use crate::messaging::dead_letter;
use crate::messaging::envelope::{self, CloudEvent, EnvelopeMode};
use crate::messaging::outbox::headers;
use crate::messaging::record::{Headers, NewRecord};
use crate::messaging::topics::dead_letter_topic;
use crate::messaging::{Event, EventType};

/// An event that was parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The topic that it stood in.
    pub topic: String,
    /// The group that could not handle it.
    pub group: String,
    /// Why: `undecodable`, `rejected`, `exhausted` or `panicked`.
    pub reason: String,
    /// What was wrong.
    pub detail: String,
}

/// A record of the embedded log.
struct Stored {
    topic: String,
    headers: Headers,
    key: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
}

impl TestService {
    /// Publishes an event to a topic, as another service would.
    ///
    /// # Panics
    ///
    /// If the topic does not exist, or the event can't be written.
    pub async fn publish<T: EventType>(&self, topic: &str, key: &str, data: &T) {
        let (ids, clock) = (self.service().ids(), self.service().clock());
        let event = CloudEvent::builder(ids.next().to_string(), "/test", T::TYPE, clock.now()).subject(key);
        let event = event.json(data).and_then(envelope::EventBuilder::build).expect("an event");
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).insert((topic.to_owned(), T::TYPE.to_owned()));
        self.publish_event(topic, key, &event).await;
    }

    /// Publishes an event that is made by hand: of a type that nobody knows, or with an id that came before.
    ///
    /// # Panics
    ///
    /// If the topic does not exist, or the event can't be written.
    pub async fn publish_event(&self, topic: &str, key: &str, event: &CloudEvent) {
        let encoded = event.encode(EnvelopeMode::Structured).expect("an event");
        let (topic, key) = (topic.to_owned(), Some(key.to_owned().into()));
        self.publish_record(NewRecord { topic, key, headers: encoded.headers, payload: encoded.payload }).await;
    }

    /// Publishes a record that need not be an event.
    ///
    /// # Panics
    ///
    /// If the topic does not exist.
    pub async fn publish_record(&self, record: NewRecord) {
        let log = self.service().log().await.expect("the log");
        let answers = log.publish(vec![record]).await;
        answers.into_iter().collect::<Result<Vec<_>, _>>().expect("the log takes the record");
    }

    /// The events of this type that the service has published, on any topic, in the order in which it did. Those that
    /// the test published itself are not among them.
    pub async fn published<T: EventType>(&self) -> Vec<Event<T>> {
        let mut events = Vec::new();
        for stored in self.stored().await {
            let Ok(event) = envelope::decode(&stored.headers, stored.payload.as_deref()) else { continue };
            if event.kind == T::TYPE && event.source != "/test" && stored.headers.get(dead_letter::REASON).is_none() {
                let key = stored.key.as_deref().map(String::from_utf8_lossy);
                let read = Event::read(&event, &stored.topic, key.as_deref(), self.service().clock().now());
                events.push(read.expect("a published event has the data of its type"));
            }
        }
        events
    }

    /// The events that were parked, in the order in which they were. A test that looks at them may
    /// [`finish`](Self::finish) with them, and must look again at what is parked later.
    pub async fn dead_letters(&self) -> Vec<DeadLetter> {
        let letters = self.read_dead_letters().await;
        *self.seen_dead_letters.lock().unwrap_or_else(PoisonError::into_inner) = letters.len();
        letters
    }

    pub(super) async fn read_dead_letters(&self) -> Vec<DeadLetter> {
        let text = |headers: &Headers, name| headers.text(name).unwrap_or_default().to_owned();
        let letter = |Stored { topic, headers, .. }: Stored| {
            let letter = DeadLetter {
                topic: text(&headers, dead_letter::TOPIC),
                group: text(&headers, dead_letter::GROUP),
                reason: text(&headers, dead_letter::REASON),
                detail: text(&headers, dead_letter::DETAIL),
            };
            (topic == dead_letter_topic(&letter.topic, &letter.group)).then_some(letter)
        };
        self.stored().await.into_iter().filter_map(letter).collect()
    }

    /// What the test has published and no consumer of the service handles.
    pub(super) fn unhandled(&self) -> Vec<(String, String)> {
        let consumers = &self.service().messaging().consumers;
        let handled = |(topic, kind): &&(String, String)| consumers.handles(topic, kind);
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().filter(|sent| !handled(sent)).cloned().collect()
    }

    /// What the log refused, with the reasons.
    pub(super) async fn rejected(&self) -> Vec<String> {
        let select = Query::new("SELECT topic, reason FROM heimdall_outbox_rejected ORDER BY seq");
        let rows = self.rows(select).await;
        let line = |row: &crate::database::Row| {
            format!(
                "{}: {}",
                row.get::<String>("topic").unwrap_or_default(),
                row.get::<String>("reason").unwrap_or_default()
            )
        };
        rows.iter().map(line).collect()
    }

    async fn stored(&self) -> Vec<Stored> {
        let select = "SELECT topic, headers, key, payload FROM heimdall_log_record ORDER BY rowid";
        let stored = |row: &crate::database::Row| {
            Ok::<_, crate::database::DatabaseError>(Stored {
                topic: row.get("topic")?,
                headers: headers::from_json(&row.get("headers")?),
                key: row.get("key")?,
                payload: row.get("payload")?,
            })
        };
        self.rows(Query::new(select)).await.iter().map(|row| stored(row).expect("a record of the log")).collect()
    }

    pub(super) async fn rows(&self, query: Query) -> Vec<crate::database::Row> {
        let database = self.service().open_database().await.expect("the database");
        database.fetch_all(query).await.expect("the database answers")
    }
}
