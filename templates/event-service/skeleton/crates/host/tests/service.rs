//! The whole service, in this process: SQLite and the embedded log instead of Postgres and Kafka, and nothing mocked.

use std::sync::Arc;
use std::time::Duration;

use heimdall::clock::SystemClock;
use heimdall::config::Config;
use heimdall::lifecycle::{Host, Running};
use heimdall::messaging::envelope::{EnvelopeMode, Event};
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::NewRecord;
use heimdall::testing::{FakeIssuer, KeyKind, TestDatabase};
use host::{NAME, Topics, compose};
use infrastructure::{ITEMS_RECEIVED, MIGRATIONS, TALLY_CHANGED, TallyChanged};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct TestService {
    running: Running,
    issuer: FakeIssuer,
    log: Arc<dyn Log>,
    _database: TestDatabase,
}

impl TestService {
    async fn start() -> Self {
        let database = TestDatabase::sqlite_with(&MIGRATIONS).await;
        let issuer = FakeIssuer::start(KeyKind::Es256, Arc::new(SystemClock)).await.unwrap();
        let variables = [
            ("DATABASE_URL", database.url()),
            ("${{ values.variables }}__HTTP__PORT", "0"),
            ("${{ values.variables }}__ADMIN__PORT", "0"),
            ("${{ values.variables }}__LOG__ADAPTER", "embedded"),
            ("${{ values.variables }}__AUTH__ISSUER", issuer.url()),
            ("${{ values.variables }}__AUTH__AUDIENCE", "valkyrie"),
            ("${{ values.variables }}__AUTH__ALLOW_INSECURE_ISSUER", "true"),
        ];
        let config = Config::builder(NAME).folder(std::env::temp_dir()).environment(variables);
        let running = Host::new(config).start(compose).await.unwrap();
        timeout(PATIENCE, running.ready()).await.expect("the service gets ready");
        let log = running.service().log().await.unwrap();
        Self { running, issuer, log, _database: database }
    }

    /// Publishes an event as another service would.
    async fn receive(&self, id: &str, item: &str, quantity: u64) {
        let event = Event::builder(id, "/test", ITEMS_RECEIVED, chrono::DateTime::UNIX_EPOCH)
            .subject(item)
            .json(&json!({ "item": item, "quantity": quantity }))
            .unwrap()
            .build()
            .unwrap();
        let encoded = event.encode(EnvelopeMode::Structured).unwrap();
        let key = Some(item.to_owned().into());
        let record =
            NewRecord { topic: Topics::default().input, key, headers: encoded.headers, payload: encoded.payload };
        self.log.publish(vec![record]).await.remove(0).unwrap();
    }

    async fn get(&self, path: &str, scopes: &str) -> (u16, Value) {
        let token = self.issuer.token("ann").scope(scopes).sign().unwrap();
        let address = self.running.address().unwrap();
        let request = reqwest::Client::new().get(format!("http://{address}{path}")).bearer_auth(token);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Waits until an item's tally has this quantity.
    async fn settles_at(&self, item: &str, quantity: u64) {
        let settled = async {
            while self.get(&format!("/api/v1/tallies/{item}"), "tallies:read").await.1["quantity"] != quantity {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, settled).await.expect("the tally settles");
    }

    /// The next events on the output topic.
    async fn published(&self, count: usize) -> Vec<Event> {
        let subscription = Subscription::new("reader", [Topics::default().output.parse().unwrap()]).unwrap();
        let mut reader = self.log.subscribe(&subscription).await.unwrap();
        let mut events = Vec::new();
        while events.len() < count {
            let record = timeout(PATIENCE, reader.next()).await.expect("an event comes out").unwrap();
            events.push(Event::decode(&record).unwrap());
        }
        reader.close().await.unwrap();
        events
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_counts_once_and_is_told_once() {
    let service = TestService::start().await;
    service.receive("1", "bolt", 2).await;
    service.receive("2", "bolt", 3).await;
    // A delivery that is doubled on its way has no effect.
    service.receive("1", "bolt", 2).await;
    service.receive("3", "nut", 1).await;
    service.settles_at("nut", 1).await;
    service.settles_at("bolt", 5).await;

    let events = service.published(3).await;
    let mut told: Vec<TallyChanged> = events.iter().map(|event| event.data().unwrap()).collect();
    told.sort_by_key(|told| (told.item.clone(), told.quantity));
    let expected = [("bolt", 2, 2), ("bolt", 3, 5), ("nut", 1, 1)].map(|(item, received, quantity)| TallyChanged {
        item: item.to_owned(),
        received,
        quantity,
    });
    assert_eq!(told, expected);
    assert!(events.iter().all(|event| event.kind == TALLY_CHANGED));
    let cause = events.iter().find(|event| event.subject.as_deref() == Some("nut")).unwrap();
    assert_eq!(cause.causationid.as_deref(), Some("3"));
    service.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_shows_tallies_to_those_who_may_look() {
    let service = TestService::start().await;
    service.receive("1", "bolt", 2).await;
    service.receive("2", "nut", 1).await;
    service.settles_at("bolt", 2).await;
    service.settles_at("nut", 1).await;

    let (status, page) = service.get("/api/v1/tallies?limit=1", "tallies:read").await;
    assert_eq!((status, &page["items"][0]["item"]), (200, &json!("bolt")));
    let cursor = page["nextCursor"].as_str().unwrap();
    let (_, page) = service.get(&format!("/api/v1/tallies?limit=1&cursor={cursor}"), "tallies:read").await;
    assert_eq!((&page["items"][0]["item"], &page["nextCursor"]), (&json!("nut"), &Value::Null));

    assert_eq!(service.get("/api/v1/tallies/screw", "tallies:read").await.0, 404);
    assert_eq!(service.get("/api/v1/tallies?limit=0", "tallies:read").await.0, 422);
    assert_eq!(service.get("/api/v1/tallies", "openid").await.0, 403);
    service.running.stop().await.unwrap();
}
