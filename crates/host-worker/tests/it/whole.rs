//! The worker as it is composed: what is asked for is done, told on the topic, and what the catalog says is taken in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use application::domain::Status;
use application::ports::CatalogEntity;
use heimdall::config::Config;
use heimdall::ids::{Ids as _, TimeOrderedIds};
use heimdall::lifecycle::{Host, Running};
use heimdall::messaging::envelope::{CloudEvent, EnvelopeMode};
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::{Headers, NewRecord};
use host_worker::TopicsConfig;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::world::{Behaviour, World};

/// A composed worker over a world's database, with a log that is its own.
struct Whole {
    world: World,
    running: Running,
    log: Arc<dyn Log>,
    topic: String,
    catalog: String,
}

const NEVER: Duration = Duration::from_mins(1);

impl Whole {
    async fn start(world: World, settings: &[(&str, String)]) -> Self {
        // Names of its own, for a log that is shared with other tests.
        let mark = TimeOrderedIds.next().simple().to_string();
        let (topic, catalog) = (format!("t{mark}.scaffold-task"), format!("t{mark}.catalog."));
        let mut environment = vec![
            ("DATABASE_URL".to_owned(), world.database.url().to_owned()),
            ("VALKYRIE__ADMIN__PORT".to_owned(), "0".to_owned()),
            ("VALKYRIE__EVENTS__TOPIC".to_owned(), topic.clone()),
            ("VALKYRIE__EVENTS__CATALOG_TOPIC_PREFIX".to_owned(), catalog.clone()),
        ];
        environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let world = world.with_topic(&topic);
        let wanted = TopicsConfig::default().wanted(&topic, &catalog, "valkyrie-catalog").unwrap();
        let config = infrastructure::sections(Config::builder("valkyrie")).environment(environment);
        let running = Host::new(config)
            .start(async |service| {
                service.log().await?.apply_topics(&wanted).await.unwrap();
                host_worker::compose(service, &world.adapters).await
            })
            .await
            .unwrap();
        timeout(NEVER, running.ready()).await.expect("it gets ready");
        let log = running.service().log().await.unwrap();
        Self { world, running, log, topic, catalog }
    }

    /// The types of the events on the topic, by key, until so many have come.
    async fn told(&self, count: usize) -> BTreeMap<String, Vec<String>> {
        let subscription = Subscription::new("told", [self.topic.parse().unwrap()]).unwrap();
        let mut subscriber = self.log.subscribe(&subscription).await.unwrap();
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for _ in 0..count {
            let record = timeout(NEVER, subscriber.next()).await.expect("an event").unwrap();
            let event = CloudEvent::decode(&record).unwrap();
            let key = String::from_utf8(record.key.unwrap().to_vec()).unwrap();
            assert_eq!(event.subject.as_ref(), Some(&key));
            told.entry(key).or_default().push(event.kind);
        }
        subscriber.close().await.unwrap();
        told
    }

    /// Publishes what somebody says about an entity.
    async fn say(&self, kind: &str, key: &str, data: Value) {
        let event = CloudEvent::builder(
            TimeOrderedIds.next().to_string(),
            "/backstage/catalog",
            kind,
            chrono::DateTime::UNIX_EPOCH,
        )
        .subject(key)
        .json(&data)
        .unwrap()
        .build()
        .unwrap();
        let encoded = event.encode(EnvelopeMode::Structured).unwrap();
        self.publish(key, encoded.headers, encoded.payload.unwrap().to_vec()).await;
    }

    async fn publish(&self, key: &str, headers: Headers, payload: Vec<u8>) {
        let record = NewRecord {
            topic: format!("{}component", self.catalog),
            key: Some(key.to_owned().into()),
            headers,
            payload: Some(payload.into()),
        };
        self.log.publish(vec![record]).await.remove(0).unwrap();
    }

    async fn known(&self, entity: &str, wanted: impl Fn(&Option<CatalogEntity>) -> bool) {
        let deadline = Instant::now() + NEVER;
        loop {
            let known = self.world.adapters.catalog().get(&entity.parse().unwrap()).await.unwrap();
            if wanted(&known) {
                return;
            }
            assert!(Instant::now() < deadline, "{known:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn tasks_are_run_and_told_in_order(whole: Whole) {
    let mut ids = Vec::new();
    for number in 0..20 {
        let behaviour = if number % 5 == 0 { Behaviour::Fails } else { Behaviour::Fine };
        ids.push((whole.world.given(behaviour.clone()).await, matches!(behaviour, Behaviour::Fails)));
    }
    for (id, fails) in &ids {
        whole.world.until(*id, if *fails { Status::Failed } else { Status::Completed }).await;
    }
    let told = whole.told(ids.len() * 4).await;
    for (id, fails) in &ids {
        let end = if *fails { "failed" } else { "completed" };
        let wanted = ["created", "queued", "started", end].map(|name| format!("midgard.scaffold-task.{name}.v1"));
        assert_eq!(told[&id.to_string()], wanted);
    }
    let metrics = whole.running.service().metrics().encode().unwrap();
    assert!(metrics.contains("valkyrie_task_runs_total{outcome=\"completed\"} 16"), "{metrics}");
    assert!(metrics.contains("valkyrie_task_runs_total{outcome=\"failed\"} 4"), "{metrics}");
    whole.running.stop().await.unwrap();
}

async fn the_catalog_is_followed(whole: Whole) {
    let entity = |owner: &str| json!({"kind": "Component", "metadata": {"name": "pay"}, "spec": {"owner": owner}});
    let of = |owner: &str| json!({"entityRef": "component:default/pay", "entity": entity(owner), "previous": null});
    let key = "component:default/pay";
    // What makes no sense is parked, and holds nothing up.
    whole.publish(key, Headers::new(), b"garbage".to_vec()).await;
    whole.say("backstage.catalog.entity.moved.v1", key, of("a")).await;
    whole.say("backstage.catalog.entity.created.v1", "component:default/other", of("a")).await;
    whole.say("backstage.catalog.entity.created.v1", key, json!({"entity": 1})).await;
    whole.say("backstage.catalog.entity.created.v1", key, of("a")).await;
    whole.say("backstage.catalog.entity.updated.v1", key, of("b")).await;
    whole.known(key, |known| known.as_ref().is_some_and(|known| known.entity["spec"]["owner"] == "b")).await;

    let parked = format!("{}component.valkyrie-catalog.dead-letter", whole.catalog);
    let subscription = Subscription::new("undertaker", [parked.parse().unwrap()]).unwrap();
    let mut subscriber = whole.log.subscribe(&subscription).await.unwrap();
    for _ in 0..4 {
        timeout(NEVER, subscriber.next()).await.expect("a dead letter").unwrap();
    }
    subscriber.close().await.unwrap();

    let gone = json!({"entityRef": key, "entity": null, "previous": entity("b")});
    whole.say("backstage.catalog.entity.deleted.v1", key, gone).await;
    whole.known(key, Option::is_none).await;
    whole.running.stop().await.unwrap();
}

async fn a_service_that_is_deleted_in_the_catalog_is_decommissioned(whole: Whole) {
    let id = whole.world.given(Behaviour::Fine).await;
    let made = whole.world.until(id, Status::Completed).await;
    let component = made.entity_refs.iter().find(|reference| reference.kind() == "component").unwrap();
    let key = component.to_string();
    let entity = json!({"kind": "Component", "metadata": {"name": component.name()}});
    let there = json!({"entityRef": key, "entity": entity, "previous": null});
    whole.say("backstage.catalog.entity.created.v1", &key, there).await;
    let gone = json!({"entityRef": key, "entity": null, "previous": entity});
    whole.say("backstage.catalog.entity.deleted.v1", &key, gone).await;
    whole.world.until(id, Status::Decommissioned).await;
    let told = whole.told(5).await;
    assert_eq!(told[&id.to_string()].last().unwrap(), "midgard.scaffold-task.decommissioned.v1");
    whole.running.stop().await.unwrap();
}

mod embedded {
    use application::domain::Status;
    use serde_json::json;

    use super::{Whole, World};
    use crate::world::Behaviour;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn tasks_are_run_and_told_in_order() {
        super::tasks_are_run_and_told_in_order(Whole::start(World::on_sqlite().await, &[]).await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_catalog_is_followed() {
        super::the_catalog_is_followed(Whole::start(World::on_sqlite().await, &[]).await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_service_that_is_deleted_in_the_catalog_is_decommissioned() {
        let whole = Whole::start(World::on_sqlite().await, &[]).await;
        super::a_service_that_is_deleted_in_the_catalog_is_decommissioned(whole).await;
    }

    /// Where that is not wanted, the read model follows, and the task stays.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_service_that_is_deleted_in_the_catalog_stays_if_that_is_wanted() {
        let ignore = [("VALKYRIE__CATALOG__ON_REMOVAL", "ignore".to_owned())];
        let whole = Whole::start(World::on_sqlite().await, &ignore).await;
        let id = whole.world.given(Behaviour::Fine).await;
        let made = whole.world.until(id, Status::Completed).await;
        let key = made.entity_refs[0].to_string();
        let entity = json!({"kind": "Component", "metadata": {"name": made.entity_refs[0].name()}});
        whole.say("backstage.catalog.entity.created.v1", &key, json!({"entityRef": key, "entity": entity})).await;
        whole.known(&key, Option::is_some).await;
        whole.say("backstage.catalog.entity.deleted.v1", &key, json!({"entityRef": key, "entity": null})).await;
        whole.known(&key, Option::is_none).await;
        assert_eq!(whole.world.adapters.decommissioning().open().await.unwrap(), []);
        assert_eq!(whole.world.task(id).await.status, Status::Completed);
        whole.running.stop().await.unwrap();
    }
}

mod kafka {
    use super::{Whole, World};

    async fn whole() -> Option<Whole> {
        let Ok(brokers) = std::env::var("VALKYRIE_TEST_KAFKA_BROKERS") else {
            eprintln!("NOT RUN on Kafka: VALKYRIE_TEST_KAFKA_BROKERS is not set");
            return None;
        };
        let world = World::on_postgres().await?;
        let settings = [("VALKYRIE__LOG__ADAPTER", "kafka".to_owned()), ("VALKYRIE__KAFKA__BROKERS", brokers)];
        Some(Box::pin(Whole::start(world, &settings)).await)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn tasks_are_run_and_told_in_order() {
        if let Some(whole) = whole().await {
            super::tasks_are_run_and_told_in_order(whole).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_catalog_is_followed() {
        if let Some(whole) = whole().await {
            super::the_catalog_is_followed(whole).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_service_that_is_deleted_in_the_catalog_is_decommissioned() {
        if let Some(whole) = whole().await {
            super::a_service_that_is_deleted_in_the_catalog_is_decommissioned(whole).await;
        }
    }
}
