//! The program of `docs/heimdall.md`: that the page shows what is built here, and that it does what the page says.

#![expect(dead_code, reason = "a test composes the service without its main")]

use heimdall::testing::TestService;

include!("../../examples/tally.rs");

const PAGE: &str = include_str!("../../../../docs/heimdall.md");

async fn start() -> TestService {
    TestService::builder("tally").start(compose).await
}

fn items(item: &str, quantity: u32) -> ItemsReceived {
    ItemsReceived { item: item.to_owned(), quantity }
}

#[test]
fn the_page_shows_the_program() {
    let program = include_str!("../../examples/tally.rs");
    assert!(
        PAGE.contains(&format!("```rust\n{program}```\n")),
        "copy crates/heimdall/examples/tally.rs into the first block of docs/heimdall.md"
    );
}

#[test]
fn the_page_shows_the_test() {
    // It stands at the end of this file.
    let test = include_str!("tally.rs").split_once("// In docs/heimdall.md:\n").unwrap().1;
    assert!(PAGE.contains(&format!("```rust\n{test}```\n")), "copy the last test of {} into docs/heimdall.md", file!());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_whom_it_does_not_know_and_what_it_has_not_counted() {
    let service = start().await;
    service.publish("items.received", "bolt", &items("bolt", 2)).await;
    service.settle().await;
    let with = |permissions: &'static [&'static str]| service.caller(permissions);
    assert_eq!(service.anyone().get("/api/v1/tallies/bolt").await.status, 401);
    assert_eq!(with(&["other:read"]).get("/api/v1/tallies/bolt").await.status, 403);
    assert_eq!(with(&["tallies:read"]).get("/api/v1/tallies/nut").await.status, 404);
    service.finish().await;
}

// In docs/heimdall.md:
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_is_counted_told_and_shown() {
    let service = TestService::builder("tally").start(compose).await;
    service.publish("items.received", "bolt", &items("bolt", 2)).await;
    service.publish("items.received", "bolt", &items("bolt", 3)).await;
    service.settle().await;

    let told: Vec<i64> = service.published::<Tally>().await.iter().map(|event| event.data.sum).collect();
    assert_eq!(told, [2, 5]);
    let answer = service.caller(&["tallies:read"]).get("/api/v1/tallies/bolt").await;
    assert_eq!((answer.status, answer.json::<Tally>().sum), (200, 5));
    service.finish().await; // fails if anything was left unhandled
}
