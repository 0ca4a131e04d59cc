//! The database that a service has, and one that is away.

use std::time::Duration;

use heimdall::{
    database::{Migration, Migrations, Query},
    lifecycle::{CompositionError, Host, Service},
};
use serde_json::json;

use super::{config, eventually, get, open};

const MIGRATIONS: Migrations = Migrations {
    history: "shop_migrations",
    postgres: &[Migration::new(1, "things", "CREATE TABLE things (name text)")],
    sqlite: &[Migration::new(1, "things", "CREATE TABLE things (name TEXT) STRICT")],
};

async fn compose(service: &Service) -> Result<(), CompositionError> {
    let database = service.database(MIGRATIONS).await?;
    let count = async move || {
        let rows = database.fetch_all(Query::new("SELECT name FROM things")).await.unwrap();
        rows.len().to_string()
    };
    service.routes(open("/things", count));
    Ok(())
}

fn sqlite(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("shop.db").display())
}

#[tokio::test]
async fn the_schema_is_there_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let running = Host::new(config().default("database.url", sqlite(&folder))).start(compose).await.unwrap();
        let things = eventually(async || Some(get(&running, "/things").await).filter(|(status, _)| *status != 503));
        assert_eq!(things.await, (200, json!(0)));
        running.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_is_away_does_not_stop_the_start() {
    let url = "postgres://nobody:hunter2@127.0.0.1:1/none";
    let running = Host::new(config().default("database.url", url)).start(compose).await.unwrap();
    let report = eventually(async || {
        let (status, report) = get(&running, "admin/healthz/readiness").await;
        assert_eq!(status, 503);
        report.to_string().contains("the database is not available").then_some(report)
    })
    .await;
    assert!(!report.to_string().contains("hunter2"), "{report}");
    let state = |name: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap()["state"].clone()
    };
    assert_eq!((state("schema"), state("database")), (json!("waiting"), json!("failed")));
    assert_eq!(get(&running, "/healthz/liveness").await.0, 200, "a restart would not help");
    tokio::time::timeout(Duration::from_secs(10), running.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_schema_from_the_future_ends_the_service() {
    const OLDER: Migrations = Migrations { postgres: &[], sqlite: &[], ..MIGRATIONS };
    const NEWER: Migrations = Migrations {
        sqlite: &[
            Migration::new(1, "things", "CREATE TABLE things (name TEXT) STRICT"),
            Migration::new(2, "more", "CREATE TABLE more (name TEXT) STRICT"),
        ],
        ..OLDER
    };
    let folder = tempfile::tempdir().unwrap();
    let start = |migrations| {
        Host::new(config().default("database.url", sqlite(&folder)))
            .start(async move |service| service.database(migrations).await.map(drop))
    };
    let running = start(NEWER).await.unwrap();
    running.ready().await;
    running.stop().await.unwrap();
    let older = start(MIGRATIONS).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), older.finished()).await.unwrap();
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("newer than this program"), "{error}");
}

#[tokio::test]
async fn a_database_that_can_never_be_opened_is_an_error_of_the_composition() {
    let host = Host::new(config().default("database.url", "mysql://localhost/shop"));
    let error = host.start(compose).await.err().unwrap().to_string();
    assert!(error.contains("database.url: must start with `postgres://` or `sqlite:`"), "{error}");
    let error = Host::new(config()).start(compose).await.err().unwrap();
    assert!(matches!(error, CompositionError::Database(_)), "{error}");
}
