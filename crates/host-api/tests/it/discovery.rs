use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use heimdall::config::Config;
use heimdall::http::ProblemCatalog;
use heimdall::lifecycle::Host;
use host_api::openapi;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::world::{World, events};

/// The AsyncAPI document with the defaults.
async fn asyncapi() -> Value {
    heimdall::asyncapi::document(&events(&[]).await)
}

#[test]
fn the_openapi_document_is_this() {
    insta::assert_json_snapshot!(openapi());
}

#[tokio::test]
async fn the_asyncapi_document_is_this() {
    insta::assert_json_snapshot!(asyncapi().await);
}

#[tokio::test]
async fn the_asyncapi_document_has_the_names_that_are_configured() {
    let settings = [
        ("events.topic", "acme.tasks"),
        ("events.namespace", "acme.task"),
        ("events.source", "/acme"),
        ("events.catalog_topic_prefix", "acme.catalog."),
        ("events.catalog_group", "acme-catalog"),
        ("http.public_url", "https://valkyrie.acme.example"),
    ];
    let document = heimdall::asyncapi::document(&events(&settings).await);
    let addresses =
        document["channels"].as_object().unwrap().values().map(|channel| channel["address"].as_str().unwrap());
    let expected = [
        "acme.tasks",
        "acme.catalog.{kind}",
        "acme.catalog.{kind}.acme-catalog.retry",
        "acme.catalog.{kind}.acme-catalog.dead-letter",
    ];
    assert_eq!(addresses.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    let example = &document["components"]["messages"]["acme.task.completed.v1"]["examples"][0]["payload"];
    assert_eq!(example["source"], "/acme");
    let schema = "https://valkyrie.acme.example/discovery/v1/schemas/acme.task.completed.v1.json";
    assert_eq!(example["dataschema"], schema);
    let text = document.to_string();
    assert!(text.contains("acme-catalog") && !text.contains("midgard") && !text.contains("valkyrie-catalog"), "{text}");
}

/// The API works while the log is away, so it neither makes topics nor waits for them.
#[tokio::test]
async fn the_api_wants_no_topics_of_its_own() {
    let nothing: [(&str, &str); 0] = [];
    let layers = Config::builder("valkyrie").folder("/nonexistent").environment(nothing);
    let host = Host::new(infrastructure::sections(layers));
    let service = host.describe(async |service| host_api::describe(service)).await.unwrap();
    assert_eq!(service.declared_topics().unwrap(), []);
    assert!(!service.asyncapi().unwrap().is_empty());
}

/// Every `$ref` of a document leads somewhere within it.
fn references_hold(root: &Value, value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out"));
                assert!(root.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|member| references_hold(root, member));
        }
        Value::Array(items) => items.iter().for_each(|item| references_hold(root, item)),
        _ => {}
    }
}

#[tokio::test]
async fn no_reference_leads_nowhere() {
    let document = serde_json::to_value(openapi()).unwrap();
    references_hold(&document, &document);
    let asyncapi = asyncapi().await;
    references_hold(&asyncapi, &asyncapi);
}

#[test]
fn each_operation_says_who_may_ask_and_what_goes_wrong() {
    let document = serde_json::to_value(openapi()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            let scopes = operation["security"][0]["bearer"].as_array().expect(&at);
            assert!(scopes.iter().all(|scope| host_api::permissions::ALL.contains(&scope.as_str().unwrap())), "{at}");
            for status in ["401", "403", "503"] {
                assert!(operation["responses"][status].is_object(), "{at} {status}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let reference = response["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
                let response = reference.map_or(response, |reference| document.pointer(reference).unwrap());
                let problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(problem, status.starts_with(['4', '5']), "{at} {status}");
            }
        }
    }
}

/// The examples are events as they stand on a topic, so they must be what the document and the schemas say.
#[tokio::test]
async fn each_example_is_what_its_schemas_say() {
    let world = World::start().await;
    let document = asyncapi().await;
    for (name, message) in document["components"]["messages"].as_object().unwrap() {
        for example in message["examples"].as_array().into_iter().flatten() {
            let payload = &example["payload"];
            let whole = json!({
                "$schema": "http://json-schema.org/draft-07/schema#",
                "components": document["components"],
                "allOf": [message["payload"]],
            });
            let errors: Vec<_> = Validator::new(&whole).unwrap().iter_errors(payload).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{name}");

            let schema = payload["dataschema"].as_str().unwrap();
            let served = world.nobody().get(schema.strip_prefix("http://127.0.0.1:7100").unwrap()).await;
            let schema = served.ok();
            assert_eq!(schema["$id"], payload["dataschema"]);
            let errors: Vec<_> =
                Validator::new(&schema).unwrap().iter_errors(&payload["data"]).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{name}");
        }
    }
}

#[tokio::test]
async fn schemas_refuse_what_their_event_does_not_carry() {
    let world = World::start().await;
    let list = world.nobody().get("/discovery/v1/schemas").await.ok();
    assert_eq!(list["schemas"].as_array().unwrap().len(), 12);
    let valid = async |kind: &str, data: Value| {
        let schema = world.nobody().get(&format!("/discovery/v1/schemas/{kind}.json")).await.ok();
        Validator::new(&schema).unwrap().is_valid(&data)
    };
    let entity = json!({"kind": "Component", "metadata": {"name": "a"}});
    let created = "backstage.catalog.entity.created.v1";
    assert!(valid(created, json!({"entityRef": "component:default/a", "entity": entity, "previous": null})).await);
    assert!(!valid(created, json!({"entityRef": "component:default/a", "entity": null, "previous": null})).await);
    let deleted = "backstage.catalog.entity.deleted.v1";
    assert!(valid(deleted, json!({"entityRef": "component:default/a", "entity": null, "previous": entity})).await);
    assert!(!valid(deleted, json!({"entityRef": "component:default/a", "entity": entity, "previous": null})).await);
    assert!(!valid("midgard.scaffold-task.failed.v1", json!({})).await);
    world.nobody().get("/discovery/v1/schemas/nothing.json").await.refused(404, "not-found");
}

/// What a page loads comes from the same server: it works without the internet.
fn loads_only_from_here(html: &str) {
    for attribute in ["src=\"", "<link rel=\"stylesheet\" href=\""] {
        for part in html.split(attribute).skip(1) {
            let address = part.split('"').next().unwrap();
            assert!(!address.contains("//"), "{address}");
        }
    }
}

#[tokio::test]
async fn the_pages_need_no_token_and_no_internet() {
    let world = World::start().await;
    let nobody = world.nobody();
    for page in ["/discovery/v1/openapi", "/discovery/v1/asyncapi"] {
        let answer = nobody.get(page).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
        loads_only_from_here(&answer.text());
    }
    let page = nobody.get("/discovery/v1/asyncapi").await.text();
    for word in ["midgard.scaffold-task.completed.v1", "backstage.catalog.{kind}", "CloudEvent", ".dead-letter"] {
        assert!(page.contains(word), "{word}");
    }
    assert_eq!(nobody.get("/discovery/v1/asyncapi/schema.json").await.ok()["asyncapi"], "3.0.0");
}

#[tokio::test]
async fn the_root_says_where_everything_is_and_it_is_there() {
    let world = World::start().await;
    let index = world.nobody().get("/").await.ok();
    for (name, address) in index["links"].as_object().unwrap() {
        if name != "readiness" {
            let answer = world.admin().get(address.as_str().unwrap()).await;
            assert_eq!(answer.status, 200, "{name}");
        }
    }
    let html = world.nobody().send(Method::GET, "/", &[("accept", "text/html,*/*;q=0.8")], Body::empty()).await;
    assert!(html.text().contains("<a href=\"/discovery/v1/openapi\">"));
    loads_only_from_here(&html.text());
}

#[tokio::test]
async fn each_problem_has_a_page() {
    let world = World::start().await;
    for kind in ProblemCatalog::new(&host_api::problems::OWN).kinds() {
        let answer = world.nobody().get(&kind.reference()).await;
        assert_eq!(answer.status, 200, "{}", kind.slug);
        assert!(answer.text().contains("<h1>"));
    }
}
