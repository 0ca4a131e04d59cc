//! What an incoming event does, on a `SQLite` file of its own.

use std::sync::Arc;

use chrono::DateTime;
use domain::Item;
use heimdall::database::Query;
use heimdall::messaging::consumer::{Handler, HandlerError};
use heimdall::messaging::envelope::Event;
use heimdall::messaging::record::{Headers, Record};
use heimdall::testing::{ManualClock, SeededIds, TestDatabase};
use infrastructure::{ITEMS_RECEIVED, Intake, MIGRATIONS, Tallies};
use serde_json::{Value, json};

struct Case {
    database: TestDatabase,
    intake: Intake,
}

impl Case {
    async fn new() -> Self {
        let database = TestDatabase::sqlite_with(&MIGRATIONS).await;
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        Self { database, intake: Intake::new(clock, Arc::new(SeededIds::default()), "out") }
    }

    /// Takes an event in, in a transaction that ends as the consumer's would.
    async fn take(&self, kind: &str, data: Value) -> Result<(), HandlerError> {
        let event = Event::builder("e1", "/test", kind, DateTime::UNIX_EPOCH).json(&data).unwrap().build().unwrap();
        let record = Record {
            topic: "in".to_owned(),
            partition: 0,
            offset: 0,
            key: None,
            headers: Headers::new(),
            payload: None,
            timestamp: None,
        };
        let mut work = self.database.begin().await.unwrap();
        match self.intake.handle(&event, &record, &mut work).await {
            Ok(()) => work.commit().await.unwrap(),
            Err(error) => {
                work.rollback().await.unwrap();
                return Err(error);
            }
        }
        Ok(())
    }

    async fn quantity(&self, item: &str) -> Option<u64> {
        let tallies = Tallies::new(self.database.clone());
        let found = tallies.find(&Item::parse(item).unwrap()).await.unwrap();
        found.map(|tally| tally.quantity())
    }

    async fn outbox(&self) -> usize {
        self.database.fetch_all(Query::new("SELECT 1 AS one FROM heimdall_outbox")).await.unwrap().len()
    }
}

#[tokio::test]
async fn what_comes_in_is_added_up_and_told() {
    let case = Case::new().await;
    case.take(ITEMS_RECEIVED, json!({ "item": "bolt", "quantity": 2 })).await.unwrap();
    case.take(ITEMS_RECEIVED, json!({ "item": "bolt", "quantity": 3, "colour": "grey" })).await.unwrap();
    assert_eq!(case.quantity("bolt").await, Some(5));
    assert_eq!(case.outbox().await, 2);
}

#[tokio::test]
async fn what_makes_no_sense_is_rejected_and_changes_nothing() {
    let case = Case::new().await;
    for data in [json!({}), json!({ "item": "", "quantity": 1 }), json!({ "item": "bolt", "quantity": 0 }), json!(7)] {
        let outcome = case.take(ITEMS_RECEIVED, data.clone()).await;
        assert!(matches!(outcome, Err(HandlerError::Rejected { .. })), "{data}: {outcome:?}");
    }
    assert_eq!((case.quantity("bolt").await, case.outbox().await), (None, 0));
}

#[tokio::test]
async fn events_of_other_types_are_passed_over() {
    let case = Case::new().await;
    case.take("something.else.v1", json!({ "item": "bolt", "quantity": 1 })).await.unwrap();
    assert_eq!((case.quantity("bolt").await, case.outbox().await), (None, 0));
}
