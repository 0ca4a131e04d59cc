use heimdall::database::{Database, DatabaseConfig};

use crate::world::{TASKS, World, order};

#[tokio::test]
async fn without_its_database_the_api_says_when_to_try_again() {
    // Nobody listens on port 1.
    let config = DatabaseConfig { acquire_timeout_ms: 200, ..DatabaseConfig::at("postgres://nobody@127.0.0.1:1/none") };
    let database = Database::connect(&config).await.unwrap();
    let world = World::over(&database).await;
    let ada = world.as_("ada");
    let task = format!("{TASKS}/0198c0de-0000-7000-8000-000000000001");
    let answers = [
        ada.get(TASKS).await,
        ada.get(&task).await,
        ada.post(TASKS, &order("payments")).await,
        ada.ask(&format!("{task}/cancel")).await,
        ada.get("/api/v1/catalog/entities").await,
    ];
    for answer in answers {
        answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        assert!(!answer.text().contains("127.0.0.1"), "no internals: {}", answer.text());
    }
    assert_eq!(ada.get("/api/v1/templates").await.status, 200, "what needs no database goes on");
}
