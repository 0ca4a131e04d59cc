//! A service that is only described.

use heimdall::{
    database::{DatabaseError, Migrations, Query},
    lifecycle::{CompositionError, Host},
    messaging::log::LogError,
    routes::{HttpMethod, Routes, permission},
};

use super::config;

#[tokio::test]
async fn what_it_declares_is_known_and_nothing_is_opened() {
    // No database is configured: there is none to open.
    let service = Host::new(config())
        .describe(async |service| {
            assert!(service.is_described());
            service.database(Migrations::NONE).await?;
            service.relay().await?;
            service.topic("shop.order").partitions(2);
            service.routes(Routes::new().undocumented(permission("shop:buy"), HttpMethod::Get, "/", async || "hello"));
            assert_eq!(service.public_url()?, "http://127.0.0.1:0", "no port is picked");
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(service.migrations().len(), 1);
    assert_eq!(service.permission_names(), ["shop:buy"]);
    assert_eq!(service.declared_topics().unwrap()[0].partitions, 2);

    let database = service.database(Migrations::NONE).await.unwrap();
    let asked = database.fetch_all(Query::new("SELECT 1")).await.err().unwrap();
    assert!(
        matches!(&asked, DatabaseError::Configuration { reason, .. } if reason.contains("not opened")),
        "{asked:?}"
    );
    assert!(database.migrate(&Migrations::NONE).await.is_err() && database.begin().await.is_err());
    let log = service.log().await.unwrap().topics().await.err().unwrap();
    assert!(matches!(log, LogError::Refused { .. }), "{log:?}");
}

#[tokio::test]
async fn a_section_that_no_part_knows_is_refused() {
    let described = Host::new(config().default("shop.size", 3)).describe(async |_| Ok(())).await;
    let error = described.err().unwrap();
    assert!(matches!(&error, CompositionError::Config(_)) && error.to_string().contains("shop.size"), "{error}");
}
