//! A service with an outbox, a log and a consumer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use heimdall::{
    config::ConfigBuilder,
    database::Migrations,
    lifecycle::{CompositionError, Host, Service},
    messaging::{
        Cause, Event, EventType, Work,
        consumer::{HandlerError, with_state},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{config, eventually, get};

const TOPIC: &str = "shop.order";

/// A service that counts the events it gets.
async fn compose(service: &Service, seen: Arc<AtomicU32>) -> Result<(), CompositionError> {
    service.database(Migrations::NONE).await?;
    service.topic(TOPIC).partitions(1).carries::<OrderPlaced>();
    service.on(TOPIC, with_state(seen, count)).group("shop-orders");
    Ok(())
}

/// An order was placed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct OrderPlaced {
    total: u32,
}

impl EventType for OrderPlaced {
    const TYPE: &'static str = "shop.order.placed.v1";
}

async fn count(seen: &Arc<AtomicU32>, event: &Event<OrderPlaced>, _: &mut Work) -> Result<(), HandlerError> {
    seen.fetch_add(event.data.total, Ordering::SeqCst);
    Ok(())
}

fn sqlite(folder: &tempfile::TempDir) -> ConfigBuilder {
    config().default("database.url", format!("sqlite:{}", folder.path().join("shop.db").display()))
}

async fn order(service: &Service) {
    let mut work = service.work().await.unwrap().begin(Cause::request("r1")).await.unwrap();
    work.publish(TOPIC, "order-7", &OrderPlaced { total: 12 }).await.unwrap();
    work.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_put_into_the_outbox_reaches_the_consumer_and_the_metrics() {
    let (folder, seen) = (tempfile::tempdir().unwrap(), Arc::new(AtomicU32::new(0)));
    let counted = seen.clone();
    let running = Host::new(sqlite(&folder)).start(async move |service| compose(service, counted).await).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), running.ready()).await.unwrap();

    order(running.service()).await;
    eventually(async || (seen.load(Ordering::SeqCst) == 12).then_some(())).await;
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
        service.database(Migrations::NONE).await?;
        service.log().await.map(drop)
    };
    let running = Host::new(sqlite(&folder)).start(compose).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), running.ready()).await.unwrap();
    let report = get(&running, "admin/healthz/readiness").await.1.to_string();
    assert!(report.contains(r#"{"name":"log","required":false"#), "{report}");
    running.stop().await.unwrap();
}
