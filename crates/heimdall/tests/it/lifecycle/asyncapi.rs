//! What a service shows of the events that it declares, and the units of work of its handlers.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode};
use heimdall::{
    asyncapi,
    database::Migrations,
    http::Problem,
    lifecycle::{CompositionError, Host, Service},
    messaging::{Cause, Event, EventType, Work, WorkFactory, consumer::HandlerError, topics::EventDescription},
    routes::{ApiDescription, HttpMethod, Routes, public},
    testing::TestService,
};
use reqwest::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const PATHS: [&str; 4] = [
    "/discovery/v1/asyncapi",
    "/discovery/v1/asyncapi/schema.json",
    "/discovery/v1/schemas",
    "/discovery/v1/schemas/order.placed.v1.json",
];

/// Something was ordered.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Placed {
    item: String,
}

impl EventType for Placed {
    const TYPE: &'static str = "order.placed.v1";
}

/// A parcel is on its way.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Shipped {}

impl EventType for Shipped {
    const TYPE: &'static str = "parcel.shipped.v1";
}

/// Money is owed.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Billed {}

impl EventType for Billed {
    const TYPE: &'static str = "bill.sent.v1";
}

async fn shipped(_: &Event<Shipped>, _: &mut Work) -> Result<(), HandlerError> {
    Ok(())
}

async fn placed(_: &Event<Placed>, _: &mut Work) -> Result<(), HandlerError> {
    Ok(())
}

async fn order(cause: Cause, State(work): State<WorkFactory>) -> Result<StatusCode, Problem> {
    let mut work = work.begin(cause).await?;
    work.publish("orders", "o-1", &Placed { item: "chair".to_owned() }).await?;
    work.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// A defect: the topic carries no such events.
async fn mistake(cause: Cause, State(work): State<WorkFactory>) -> Result<StatusCode, Problem> {
    work.begin(cause).await?.publish("orders", "o-1", &Shipped {}).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn compose(service: &Service) -> Result<(), CompositionError> {
    service.database(Migrations::NONE).await?;
    service.topic("orders").describe("What was ordered.").carries::<Placed>();
    service.on("parcels.*", shipped).summary("Sees what is under way.");
    service.describe(ApiDescription {
        title: "Shop & more",
        version: "1.2.3",
        summary: "It sells.",
        license: "Apache-2.0",
        ..ApiDescription::DEFAULT
    });
    let routes = Routes::new().undocumented(public(), HttpMethod::Post, "/orders", order).undocumented(
        public(),
        HttpMethod::Post,
        "/mistakes",
        mistake,
    );
    service.routes(routes.with_state(service.work().await?));
    Ok(())
}

/// The status, the content type and the text that somebody without a token gets.
async fn get(service: &TestService, path: &str) -> (u16, String, String) {
    let response = service.anyone().request(Method::GET, path).send().await.unwrap();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), content_type, response.text().await.unwrap())
}

async fn json_at(service: &TestService, path: &str, content_type: &str) -> Value {
    let (status, found, text) = get(service, path).await;
    assert_eq!((status, found.as_str()), (200, content_type), "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_shows_the_events_that_it_declares_to_everyone() {
    let service = TestService::builder("shop").start(compose).await;
    let declared = service.service().asyncapi().unwrap();

    let document = json_at(&service, PATHS[1], "application/json").await;
    assert_eq!(document, asyncapi::document(&declared));
    let info = &document["info"];
    assert_eq!((&info["title"], &info["version"]), (&json!("Shop & more"), &json!("1.2.3")));
    assert_eq!(info["license"]["name"], "Apache-2.0");
    assert!(info["description"].as_str().unwrap().starts_with("It sells.\n\n"), "{info}");
    let operations = document["operations"].as_object().unwrap().values();
    let reads: Vec<_> = operations.filter(|operation| operation["action"] == "receive").collect();
    assert_eq!((reads.len(), &reads[0]["summary"]), (1, &json!("Sees what is under way.")));

    let (status, content_type, page) = get(&service, PATHS[0]).await;
    assert_eq!((status, content_type.as_str()), (200, "text/html; charset=utf-8"), "{page}");
    for part in ["<h1>Shop &amp; more 1.2.3</h1>", "What was ordered.", "parcels.{segment}", "parcel.shipped.v1"] {
        assert!(page.contains(part), "{part}: {page}");
    }

    let list = json_at(&service, PATHS[2], "application/json").await;
    let parcels = "/discovery/v1/schemas/parcel.shipped.v1.json";
    assert_eq!(list, json!({"schemas": [PATHS[3], parcels]}));
    for address in [PATHS[3], parcels] {
        let schema = json_at(&service, address, "application/schema+json").await;
        assert_eq!(schema["$id"], format!("{}{address}", service.service().public_url().unwrap()));
    }
    let (status, content_type, problem) = get(&service, "/discovery/v1/schemas/nothing.json").await;
    assert_eq!((status, content_type.as_str()), (404, "application/problem+json"), "{problem}");
    assert!(problem.contains("/problems/not-found") && problem.contains("`/discovery/v1/schemas` lists all"));

    let index = json_at(&service, "/", "application/json").await;
    let links: BTreeSet<_> = index["links"].as_object().unwrap().values().map(|link| link.as_str().unwrap()).collect();
    assert!(PATHS[..3].iter().all(|path| links.contains(path)), "{index}");
    service.finish().await;
}

/// Every `$ref` of the document leads somewhere within it.
fn references_hold(document: &Value, value: &Value) {
    if let Some(reference) = value["$ref"].as_str() {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference} leads nowhere");
    }
    value.as_object().into_iter().flatten().for_each(|(_, member)| references_hold(document, member));
    value.as_array().into_iter().flatten().for_each(|item| references_hold(document, item));
}

#[tokio::test]
async fn a_topic_that_is_published_and_read_has_the_messages_of_both() {
    let declare = async |service: &Service| {
        service.topic("orders").carries::<Placed>();
        service.on_elsewhere("orders", vec![EventDescription::of::<Shipped>()]);
        service.on("orders", shipped);
        service.on("orders", placed);
        service.topic_elsewhere("bills").carries::<Billed>();
        Ok(())
    };
    let service = Host::new(super::config()).describe(declare).await.unwrap();
    let document = asyncapi::document(&service.asyncapi().unwrap());
    references_hold(&document, &document);
    let messages = |channel: &str| {
        let messages = document["channels"][channel]["messages"].as_object().unwrap();
        messages.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (messages("orders"), messages("bills")),
        (vec![Placed::TYPE.to_owned(), Shipped::TYPE.to_owned()], vec![Billed::TYPE.to_owned()])
    );
    let reads = &document["operations"]["read.orders.shop"]["messages"];
    let reference = |kind: &str| json!({"$ref": format!("#/channels/orders/messages/{kind}")});
    assert_eq!(*reads, json!([reference(Shipped::TYPE), reference(Placed::TYPE)]));
    let source = &document["components"]["schemas"]["CloudEvent"]["properties"]["source"]["description"];
    assert_eq!(*source, "Who publishes it, such as `/shop`.");
    let topics = service.declared_topics().unwrap();
    assert!(topics.iter().all(|spec| !spec.name.contains("bills")), "another process has it: {topics:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_events_has_nothing_to_show_of_them() {
    let service = TestService::start(async |service: &Service| {
        service.database(Migrations::NONE).await?;
        service.routes(Routes::new().undocumented(public(), HttpMethod::Get, "/hello", async || "hello"));
        Ok(())
    });
    let service = service.await;
    for path in PATHS {
        assert_eq!(service.anyone().get(path).await.status, 401, "{path}");
        assert_eq!(service.caller(&[]).get(path).await.status, 404, "{path}");
    }
    let index = service.anyone().get("/").await.body;
    assert!(index["links"]["openapi"].is_string() && !index.to_string().contains("asyncapi"), "{index}");
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_handler_publishes_is_part_of_its_request() {
    let service = TestService::start(compose).await;
    for id in [Some("r-7"), None] {
        let request = service.anyone().request(Method::POST, "/orders");
        let request = if let Some(id) = id { request.header("x-request-id", id) } else { request };
        let response = service.anyone().send(request).await;
        assert_eq!(response.status, 202, "{response:?}");
        service.settle().await;
        let told = response.headers["x-request-id"].to_str().unwrap();
        assert_eq!(told, id.unwrap_or(told));
        let orders = service.published::<Placed>().await;
        let event = orders.last().unwrap();
        assert_eq!(event.correlation_id.as_deref(), Some(told), "the conversation begins with the request");
    }
    service.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_of_work_that_fails_is_answered_as_what_it_failed_at() {
    let service = TestService::builder("shop").setting("database.acquire_timeout_ms", 200).start(compose).await;
    let post = async |path: &str| service.anyone().send(service.anyone().request(Method::POST, path)).await;

    let defect = post("/mistakes").await;
    assert_eq!((defect.status, &defect.body["type"]), (500, &json!("/problems/internal-error")), "{defect:?}");
    assert!(!defect.body.to_string().contains("orders"), "no internals: {defect:?}");

    // Whoever writes to SQLite is alone with it.
    let writer = service.service().work().await.unwrap().begin(Cause::none()).await.unwrap();
    let busy = post("/orders").await;
    assert_eq!((busy.status, &busy.body["type"]), (503, &json!("/problems/unavailable")), "{busy:?}");
    assert!(busy.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    drop(writer);
    assert_eq!(post("/orders").await.status, 202);
    service.finish().await;
}
