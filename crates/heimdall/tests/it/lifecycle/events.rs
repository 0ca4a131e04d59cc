//! Typed events, the unit of work and declared topics, in a whole service.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use futures::FutureExt as _;
use heimdall::{
    database::{Migrations, Query},
    lifecycle::{CompositionError, Host, Service},
    messaging::{
        Cause, Event, EventType, Work,
        consumer::{EventHandlers, HandlerError, with_state},
        envelope::CloudEvent,
        log::{Start, Subscription},
    },
    testing::TestService,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Opened {
    limit: u32,
}

impl EventType for Opened {
    const TYPE: &'static str = "account.opened.v1";
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Closed {}

impl EventType for Closed {
    const TYPE: &'static str = "account.closed.v1";
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct LimitSet {
    limit: u32,
}

impl EventType for LimitSet {
    const TYPE: &'static str = "limit.set.v1";
}

async fn opened(event: &Event<Opened>, work: &mut Work) -> Result<(), HandlerError> {
    if event.data.limit == 0 {
        return Err(HandlerError::rejected("a limit must be more than 0"));
    }
    Ok(work.publish("limits", event.key.clone().unwrap_or_default(), &LimitSet { limit: event.data.limit }).await?)
}

async fn closed(count: &Arc<AtomicU32>, _: &Event<Closed>, _: &mut Work) -> Result<(), HandlerError> {
    count.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

async fn start(count: &Arc<AtomicU32>) -> TestService {
    let count = count.clone();
    let compose = async move |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.topic("accounts").partitions(2);
        service.topic("limits").carries::<LimitSet>();
        service.on("accounts", EventHandlers::new().on(opened).on_with(count, closed));
        Ok(())
    };
    TestService::start(compose).await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_to_the_handler_of_their_type_and_what_follows_has_its_cause() {
    let count = Arc::default();
    let service = start(&count).await;
    service.advance(TimeDelta::hours(3));
    service.publish("accounts", "a", &Opened { limit: 5 }).await;
    service.publish("accounts", "b", &Closed {}).await;
    service.settle().await;

    let limits = service.published::<LimitSet>().await;
    let told: Vec<_> = limits.iter().map(|event| (event.key.as_deref(), event.data.limit)).collect();
    assert_eq!(told, [(Some("a"), 5)]);
    assert_eq!(limits[0].source, "/service");
    assert_eq!(limits[0].time, service.service().clock().now());
    assert!(limits[0].correlation_id.is_some());
    assert_eq!(count.load(Ordering::Relaxed), 1);
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_delivered_twice_takes_effect_once() {
    let service = start(&Arc::default()).await;
    let event = CloudEvent::builder("e1", "/bank", Opened::TYPE, service.service().clock().now());
    let event = event.subject("a").json(&Opened { limit: 1 }).unwrap().build().unwrap();
    for _ in 0..2 {
        service.publish_event("accounts", "a", &event).await;
    }
    service.settle().await;
    let limits = service.published::<LimitSet>().await;
    assert_eq!(limits.len(), 1);
    assert_eq!(limits[0].correlation_id.as_deref(), Some("e1"), "the conversation begins with the event");
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_or_not_of_its_shape_is_parked_and_the_key_goes_on() {
    let service = start(&Arc::default()).await;
    service.publish("accounts", "a", &Opened { limit: 0 }).await;
    let garbage = CloudEvent::builder("e2", "/bank", Opened::TYPE, service.service().clock().now());
    service.publish_event("accounts", "a", &garbage.json(&"no object").unwrap().build().unwrap()).await;
    service.publish("accounts", "a", &Opened { limit: 2 }).await;
    service.settle().await;
    let letters = service.dead_letters().await;
    let reasons: Vec<_> = letters.iter().map(|letter| (letter.reason.as_str(), letter.group.as_str())).collect();
    assert_eq!(reasons, [("rejected", "service"); 2]);
    assert!(letters[0].detail.contains("a limit must be more than 0"), "{letters:?}");
    assert!(letters[1].detail.contains("its data can't be read"), "{letters:?}");
    assert_eq!(service.published::<LimitSet>().await[0].data, LimitSet { limit: 2 });
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_leaves_something_unhandled_fails() {
    let service = start(&Arc::default()).await;
    service.publish("accounts", "a", &Opened { limit: 0 }).await;
    let parked = AssertUnwindSafe(service.finish()).catch_unwind().await;
    assert!(parked.is_err(), "an event was parked");

    let service = start(&Arc::default()).await;
    service.publish("limits", "a", &LimitSet { limit: 1 }).await;
    let unhandled = AssertUnwindSafe(service.finish()).catch_unwind().await;
    assert!(unhandled.is_err(), "nobody handles it");

    let service = start(&Arc::default()).await;
    assert_eq!(service.dead_letters().await.len(), 0);
    service.publish("accounts", "a", &Opened { limit: 0 }).await;
    let later = AssertUnwindSafe(service.finish()).catch_unwind().await;
    assert!(later.is_err(), "it was parked after the test had looked");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_of_one_group_that_start_at_different_places_are_refused() {
    let compose = async |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.topic("accounts");
        service.topic("prices");
        service.on("prices", opened).starting(Start::Latest);
        service.on("accounts", opened);
        Ok(())
    };
    let refused = AssertUnwindSafe(TestService::start(compose)).catch_unwind().await.err().expect("it is refused");
    let said = refused.downcast_ref::<String>().expect("a message");
    assert!(said.contains("the topics of the consumer group service start at different places"), "{said}");
}

async fn closed_too(count: &Arc<AtomicU32>, _: &Event<Closed>, _: &mut Work) -> Result<(), HandlerError> {
    count.fetch_add(10, Ordering::Relaxed);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_handler_of_a_type_gets_the_event_and_only_what_none_takes_is_rejected() {
    let count: Arc<AtomicU32> = Arc::default();
    let counted = count.clone();
    let compose = async move |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.topic("accounts");
        service.topic("limits").carries::<LimitSet>();
        let both = EventHandlers::new().on_with(counted.clone(), closed).on_with(counted.clone(), closed_too);
        assert_eq!(both.types(), [Closed::TYPE]);
        assert_eq!(both.events().len(), 1);
        service.on("accounts", both.reject_others());
        service.on("accounts", EventHandlers::new().on(opened).on_with(counted, closed_too));
        Ok(())
    };
    let service = TestService::start(compose).await;
    service.publish("accounts", "a", &Closed {}).await;
    service.publish("accounts", "a", &Opened { limit: 1 }).await;
    service.publish("accounts", "a", &LimitSet { limit: 1 }).await;
    service.settle().await;
    assert_eq!(count.load(Ordering::Relaxed), 21);
    assert_eq!(service.published::<LimitSet>().await.len(), 1);
    let letters = service.dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let expected = "its type is `limit.set.v1`; expected one of account.closed.v1, account.opened.v1";
    assert!(letters[0].detail.contains(expected), "{letters:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_handler_takes_is_not_remembered_as_taken_in() {
    let service = TestService::start(forward).await;
    service.publish("accounts", "a", &Closed {}).await;
    service.publish("accounts", "a", &Opened { limit: 1 }).await;
    service.settle().await;
    assert_eq!(service.published::<LimitSet>().await.len(), 1, "both have been read");
    let database = service.service().database(Migrations::NONE).await.unwrap();
    let taken_in = database.fetch_all(Query::new("SELECT count(*) AS n FROM heimdall_inbox")).await.unwrap();
    assert_eq!(taken_in[0].get::<i64>("n").unwrap(), 1, "a handler of the other type may be added later");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_consumer_in_a_group_is_refused() {
    let compose = async |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.topic("accounts");
        service.on("accounts", opened);
        let accounts = Subscription::new("service", ["accounts".parse().unwrap()]).unwrap();
        service.consume(accounts, EventHandlers::new().on_with(Arc::default(), closed)).await
    };
    let refused = AssertUnwindSafe(TestService::start(compose)).catch_unwind().await.err().expect("it is refused");
    let said = refused.downcast_ref::<String>().expect("a message");
    assert!(said.contains("two consumers in the group service"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_declared_is_not_published_and_takes_the_change_back() {
    let compose = async |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.topic("limits");
        service.work().await.map(drop)
    };
    let service = TestService::start(compose).await;
    let factory = service.service().work().await.unwrap();
    let mut work = factory.begin(Cause::none()).await.unwrap();
    let error = work.publish("limits", "a", &LimitSet { limit: 1 }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the service has not declared that topic `limits` carries `limit.set.v1`: \
         say so with `service.topic(\"limits\").carries::<…>()` where it is composed"
    );
    drop(work);
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_of_work_that_is_not_committed_tells_nothing() {
    let service = start(&Arc::default()).await;
    let factory = service.service().work().await.unwrap();
    for commits in [false, true] {
        let mut work = factory.begin(Cause::request("r-7")).await.unwrap();
        work.publish("limits", "a", &LimitSet { limit: u32::from(commits) }).await.unwrap();
        if commits { work.commit().await.unwrap() } else { work.rollback().await.unwrap() }
    }
    service.settle().await;
    let limits = service.published::<LimitSet>().await;
    assert_eq!(limits.iter().map(|event| event.data.limit).collect::<Vec<_>>(), [1]);
    assert_eq!(limits[0].correlation_id.as_deref(), Some("r-7"));
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_topics_come_with_those_that_their_readers_park_on() {
    let service = start(&Arc::default()).await;
    let topics = service.service().declared_topics().unwrap();
    let names: Vec<_> = topics.iter().map(|spec| (spec.name.as_str(), spec.partitions)).collect();
    let expected = [("accounts", 2), ("accounts.service.retry", 2), ("accounts.service.dead-letter", 2), ("limits", 3)];
    assert_eq!(names, expected);
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_topic_or_group_ends_the_composition() {
    async fn refused(compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>) -> String {
        let config = super::config().default("database.url", "sqlite:/nonexistent/never-made.db");
        heimdall::lifecycle::Host::new(config).start(compose).await.err().unwrap().to_string()
    }
    let error = refused(async |service: &Service| {
        service.topic("a b");
        Ok(())
    });
    assert!(error.await.contains("a b"));
    let error = refused(async |service: &Service| {
        service.topic("a").partitions(1);
        service.topic("a").partitions(2);
        Ok(())
    });
    assert_eq!(error.await, "topic `a` is wanted twice, with different settings");
    let error = refused(async |service: &Service| {
        service.on("a", with_state(Arc::<AtomicU32>::default(), closed)).group("a.b");
        Ok(())
    });
    assert!(error.await.contains("`a.b` is no group name"));
}

/// It keeps no tables of its own.
async fn forward(service: &Service) -> Result<(), CompositionError> {
    service.topic("accounts");
    service.topic("limits").carries::<LimitSet>();
    service.on("accounts", opened);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_tables_of_its_own_has_those_of_outbox_and_inbox() {
    let service = TestService::start(forward).await;
    service.publish("accounts", "a", &Opened { limit: 5 }).await;
    service.settle().await;
    assert_eq!(service.published::<LimitSet>().await.len(), 1);
    service.finish().await;

    let described = Host::new(super::config()).describe(forward).await.unwrap();
    assert_eq!(described.migrations().len(), 1, "`migrate` makes them");
}

// The embedded log keeps itself in the database, and so has tables whatever a service does.
#[cfg(feature = "kafka")]
#[tokio::test]
async fn what_others_read_needs_no_tables() {
    let kafka = super::config().default("log.adapter", "kafka");
    let shown = Host::new(kafka).describe(async |service| {
        service.on_elsewhere("accounts", vec![]);
        Ok(())
    });
    assert!(shown.await.unwrap().migrations().is_empty());
}
