use axum::http::Method;
use heimdall::database::Query;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::{Client, RequestOutcome, TASKS, World, order, path};

async fn post(client: &Client<'_>, key: &str, body: &Value) -> RequestOutcome {
    client.json(Method::POST, TASKS, &[("idempotency-key", key)], body).await
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let first = post(&ada, "k-1", &order("payments")).await;
    assert_eq!(first.status, 202, "{}", first.text());
    world.fail(first.json()["id"].as_str().unwrap()).await;

    // The same in other words: fields in another order, a default spelled out.
    let same = json!({"start": true, "parameters": {"owner": "group:default/team-a", "name": "payments"}, "template": "service"});
    let again = post(&ada, "k-1", &same).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (first.status, "true"));
    assert_eq!(again.json(), first.json(), "the first answer, not how the task stands by now");
    assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
    assert_eq!(ada.get(TASKS).await.ok()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_good_for_one_body_of_one_caller() {
    let world = World::start().await;
    let ada = world.as_("ada");
    post(&ada, "k-1", &order("payments")).await.ok();
    post(&ada, "k-1", &order("billing")).await.refused(422, "idempotency-key-reused");
    let mut draft = order("payments");
    draft["start"] = json!(false);
    post(&ada, "k-1", &draft).await.refused(422, "idempotency-key-reused");

    let bobs = post(&world.as_("bob"), "k-1", &order("billing")).await;
    assert_eq!(bobs.status, 202, "{}", bobs.text());
    assert_ne!(path(&bobs.json()), "");
}

#[tokio::test]
async fn a_refused_request_uses_no_key() {
    let world = World::start().await;
    let ada = world.as_("ada");
    post(&ada, "k-1", &json!({"template": "nothing"})).await.refused(422, "invalid-request");
    assert_eq!(post(&ada, "k-1", &order("payments")).await.status, 202);
    for key in ["", "a b", &"k".repeat(256)] {
        let answer = post(&ada, key, &order("billing")).await;
        assert_eq!(answer.wrong(400, "malformed-request"), ["#Idempotency-Key"]);
    }
}

#[tokio::test]
async fn of_many_at_once_one_makes_a_task() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let orders = order("payments");
    let answers = futures::future::join_all((0..12).map(|_| post(&ada, "k-1", &orders))).await;
    let ids: std::collections::BTreeSet<_> = answers.iter().map(|answer| answer.ok()["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    let fresh = answers.iter().filter(|answer| !answer.headers.contains_key("idempotency-replayed")).count();
    assert_eq!(fresh, 1);
}

#[tokio::test]
async fn what_is_kept_of_a_body_tells_nothing_without_the_key() {
    let world = World::start().await;
    let mut body = order("payments");
    body["parameters"]["token"] = json!("1234");
    let answer = post(&world.as_("ada"), "k-1", &body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());

    let database = world.database.as_ref().unwrap();
    let row = database.fetch_optional(Query::new("SELECT fingerprint FROM idempotency_keys")).await.unwrap().unwrap();
    let kept: String = row.get("fingerprint").unwrap();
    // What whoever guesses the token would take the digest of.
    body["start"] = json!(true);
    body["account"] = Value::Null;
    body.sort_all_objects();
    let guess = body.to_string();
    assert_eq!(kept, world.adapters.fingerprints().of(guess.as_bytes()));
    assert_ne!(kept, hex::encode(Sha256::digest(guess)));
}
