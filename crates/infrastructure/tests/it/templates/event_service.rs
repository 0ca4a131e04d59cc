use application::ports::{Outcome, Templates, Values};
use chrono::DateTime;
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};
use serde_json::{Value, json};

use super::folder::file;

pub(super) fn library() -> TemplateLibrary {
    TemplateLibrary::load(&TemplatesConfig::default(), Limits::default())
}

pub(super) fn made(given: Value) -> Outcome {
    made_by(&library(), given)
}

pub(super) fn made_by(library: &TemplateLibrary, given: Value) -> Outcome {
    let template = library.find("event-service").unwrap();
    let accepted = library.accept(&template, serde_json::from_value(given).unwrap()).unwrap();
    let (parameters, secrets) = (accepted.parameters, accepted.secrets);
    let values = Values { task: None, parameters, secrets, requested_at: DateTime::UNIX_EPOCH };
    let mut run = library.open(&template.version, values).unwrap();
    for index in 0..run.steps().len() {
        run.run(index).unwrap();
    }
    run.finish().unwrap()
}

#[test]
fn name_and_owner_are_enough() {
    let schema = library().find("event-service").unwrap().parameters.clone();
    assert_eq!(schema["required"], json!(["name", "owner"]));
    let outcome = made(json!({ "name": "order-intake", "owner": "group:default/orders" }));
    let manifest: toml::Table = file(&outcome, "Cargo.toml").parse().unwrap();
    let heimdall = &manifest["workspace"]["dependencies"]["heimdall"];
    assert_eq!(heimdall["package"].as_str(), Some("valkyrie-heimdall"));
    assert_eq!(heimdall["path"].as_str(), Some("vendor/heimdall"), "it needs no address");
    let kinds: Vec<_> = outcome.entities.iter().map(|entity| entity["kind"].clone()).collect();
    assert_eq!(kinds, ["Component", "API"]);
    assert_eq!(outcome.entities[0]["spec"]["owner"], "group:default/orders");
    assert!(outcome.entities[0]["spec"].get("system").is_none());
}

#[test]
fn what_is_given_stays_text_in_every_file() {
    let description = "Says \"x\": {a} # 'y' \\ - ${{ values.name }} {% if %} <b>";
    let outcome = made(json!({ "name": "order-intake", "owner": "team.a", "system": "s", "description": description }));
    assert_eq!(outcome.entities[0]["metadata"]["description"], description);
    assert_eq!(outcome.entities[0]["spec"]["system"], "s");
    for file in &outcome.files {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        let ending = file.path.rsplit('.').next();
        match ending {
            Some("toml") => drop(text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{}: {error}", file.path))),
            Some("yaml" | "yml") => {
                serde_saphyr::from_multiple::<Value>(text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            }
            _ => {}
        }
    }
}

#[test]
fn words_of_yaml_and_rust_are_names_like_others() {
    for name in ["null", "true", "match", "self", "test", "heimdall", "postgres"] {
        let outcome = made(json!({ "name": name, "owner": "o", "inputTopic": "1e3", "inputEvent": "null" }));
        assert_eq!(outcome.entities[0]["metadata"]["name"], name);
        let definition = outcome.entities[1]["spec"]["definition"].as_str().unwrap();
        let definition: Value = serde_saphyr::from_str(definition).unwrap();
        assert_eq!(definition["channels"]["input"]["address"], "1e3");
        assert_eq!(definition["channels"]["input"]["messages"]["itemsReceived"]["name"], "null");
    }
}

#[test]
fn names_that_can_not_be_a_service_are_refused() {
    let library = library();
    let template = library.find("event-service").unwrap();
    for name in ["", "Orders", "1st", "a_b", "a--b", "a-", "build", "deps", "a/../b", &"a".repeat(41)] {
        let given = serde_json::from_value(json!({ "name": name, "owner": "o" })).unwrap();
        let violations = library.accept(&template, given).unwrap_err();
        assert!(violations.iter().all(|violation| violation.pointer == "/name"), "{name}: {violations:?}");
    }
    let given = serde_json::from_value(json!({ "name": "build", "owner": "o" })).unwrap();
    let violation = library.accept(&template, given).unwrap_err().remove(0);
    let expected = r#"anything but "build", "deps", "examples", "incremental""#;
    assert_eq!((violation.detail.as_str(), violation.expected.as_str()), ("is not allowed", expected));
    let given = serde_json::from_value(json!({ "name": "a", "owner": "no ref" })).unwrap();
    assert_eq!(library.accept(&template, given).unwrap_err()[0].pointer, "/owner");
}
