//! A service with an outbox, a log and a consumer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::FutureExt as _;
use heimdall::{
    config::ConfigBuilder,
    database::Migrations,
    lifecycle::{CompositionError, Host, Service},
    messaging::{
        consumer::handler,
        envelope::{EnvelopeMode, Event},
        log::Subscription,
        outbox::{OutboxMessage, enqueue},
    },
};
use serde_json::json;

use super::{config, eventually, get};

const TOPIC: &str = "shop.order";

/// A service that counts the events it gets.
async fn compose(service: &Service, seen: Arc<AtomicU32>) -> Result<(), CompositionError> {
    service.migrate(Migrations::NONE).await?;
    service.relay().await?;
    let topics = [TOPIC.parse().map_err(CompositionError::other)?];
    let subscription = Subscription::new("shop-orders", topics).map_err(CompositionError::other)?;
    let count = handler(move |_, _, _| {
        seen.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }.boxed()
    });
    service.consume(subscription, count).await
}

fn sqlite(folder: &tempfile::TempDir) -> ConfigBuilder {
    config().default("database.url", format!("sqlite:{}", folder.path().join("shop.db").display()))
}

async fn order(service: &Service) {
    let event =
        Event::builder(service.ids().next().to_string(), "/shop", "shop.order.placed.v1", service.clock().now())
            .subject("order-7")
            .json(&json!({"total": 12}))
            .and_then(heimdall::messaging::envelope::EventBuilder::build)
            .unwrap();
    let message = OutboxMessage { topic: TOPIC.to_owned(), key: "order-7".to_owned(), event, headers: Vec::new() };
    let query = enqueue(&[message], EnvelopeMode::Structured).unwrap();
    service.database().await.unwrap().execute(query).await.unwrap();
}

#[tokio::test]
async fn what_is_put_into_the_outbox_reaches_the_consumer_and_the_metrics() {
    let (folder, seen) = (tempfile::tempdir().unwrap(), Arc::new(AtomicU32::new(0)));
    let counted = seen.clone();
    let running = Host::new(sqlite(&folder)).start(async move |service| compose(service, counted).await).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), running.ready()).await.unwrap();

    order(running.service()).await;
    eventually(async || (seen.load(Ordering::SeqCst) == 1).then_some(())).await;
    let report = get(&running, "admin/healthz/readiness").await.1.to_string();
    for name in ["database", "log", "outbox relay", "consumer shop-orders"] {
        assert!(report.contains(&format!(r#"{{"name":"{name}","required":true,"state":"ok"}}"#)), "{name} in {report}");
    }
    let metrics = running.service().metrics().encode().unwrap();
    assert!(metrics.contains("heimdall_outbox_moved_total 1"), "{metrics}");
    assert_eq!(get(&running, "admin/healthz/liveness").await.0, 200);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn the_embedded_log_is_refused_on_postgres() {
    let away =
        config().default("database.url", "postgres://nobody@127.0.0.1:1/none").default("log.adapter", "embedded");
    let seen = Arc::default();
    let refused = Host::new(away).start(async move |service| compose(service, seen).await).await.err().unwrap();
    assert!(matches!(refused, CompositionError::Log(_)), "{refused}");
}

#[tokio::test]
async fn the_log_is_a_detail_for_a_service_that_neither_relays_nor_consumes() {
    let folder = tempfile::tempdir().unwrap();
    let compose = async |service: &Service| {
        service.migrate(Migrations::NONE).await?;
        service.log().await.map(drop)
    };
    let running = Host::new(sqlite(&folder)).start(compose).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), running.ready()).await.unwrap();
    let report = get(&running, "admin/healthz/readiness").await.1.to_string();
    assert!(report.contains(r#"{"name":"log","required":false"#), "{report}");
    running.stop().await.unwrap();
}
