use std::time::{Duration, Instant};

use application::ports::Templates;
use infrastructure::templates::Limits;
use serde_json::{Value, json};

use super::folder::{Folder, accept, manifest};

fn template() -> Folder {
    Folder::with(&manifest(
        r"parameters:
  type: object
  required: [name, owner]
  properties:
    name: {type: string, pattern: '^[a-z][a-z0-9-]*$', maxLength: 10, description: the name of the service}
    owner: {type: string}
    port: {type: integer, minimum: 1, maximum: 65535, default: 8080}
    mail: {type: string, format: email}
    color: {type: string, enum: [red, blue]}
    token: {type: string, writeOnly: true}
    database:
      type: object
      properties:
        engine: {type: string, default: postgres}
        size: {type: integer, default: 1}
        password: {type: string, writeOnly: true}
    account:
      type: object
      required: [id]
      properties:
        id: {type: string}
        role: {type: string, default: reader}
    cloud: {type: boolean}
  if: {properties: {cloud: {const: true}}, required: [cloud]}
  then: {properties: {region: {type: string}}, required: [region]}
steps:
  - action: fetch:plain
    input: {url: ./a}",
    ))
    .file("a/x", "x")
}

#[test]
fn defaults_are_filled_in_and_secrets_split_off() {
    let given = json!({ "name": "a", "owner": "o", "token": "t", "database": { "size": 2, "password": "p" } });
    let accepted = accept(&template().load(), given).unwrap();
    let expected = json!({ "name": "a", "owner": "o", "database": { "size": 2, "engine": "postgres" }, "port": 8080 });
    assert_eq!(Value::from(accepted.parameters), expected);
    assert_eq!(Value::from(accepted.secrets), json!({ "token": "t", "database": { "password": "p" } }));
}

#[test]
fn a_missing_object_is_made_of_its_defaults_where_they_complete_it() {
    let accepted = accept(&template().load(), json!({ "name": "a", "owner": "o" })).unwrap();
    assert_eq!(accepted.parameters["database"], json!({ "engine": "postgres", "size": 1 }));
    assert!(!accepted.parameters.contains_key("account"), "its id is not known");
}

#[test]
fn the_servers_defaults_go_before_the_templates() {
    let defaults = json!({ "tried": { "owner": "platform", "port": 9000, "database": { "engine": "sqlite" } } });
    let library = template().load_with(Limits::default(), defaults);
    let accepted = accept(&library, json!({ "name": "a", "database": { "size": 5 } })).unwrap();
    let expected =
        json!({ "name": "a", "database": { "size": 5, "engine": "sqlite" }, "owner": "platform", "port": 9000 });
    assert_eq!(Value::from(accepted.parameters), expected);
}

#[test]
fn server_defaults_that_do_not_fit_are_a_problem_of_the_configuration() {
    let defaults = json!({ "tried": { "port": "high" }, "nobody": {} });
    let library = template().load_with(Limits::default(), defaults);
    let text = library.problems().iter().map(ToString::to_string).collect::<String>();
    assert!(text.contains("templates.defaults.tried (/port): a value that is a string; expected integer"), "{text}");
    assert!(text.contains("defaults for a template that is not here"), "{text}");
}

#[test]
fn everything_that_is_wrong_is_named_with_its_place() {
    let given = json!({
        "name": "Much-Too-Long", "port": 0, "mail": "nowhere", "color": "green", "database": { "size": "x", "sise": 1 },
        "token": 7, "unknown": 1, "cloud": true, "a/b~c": "nul\u{0}",
    });
    let mut lines: Vec<_> = accept(&template().load(), given)
        .unwrap_err()
        .into_iter()
        .map(|found| format!("{} {}; expected {}", found.pointer, found.detail, found.expected))
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_answer_names_a_hundred_places_at_most() {
    let library = template().load();
    let many = |count: usize| (0..count).map(|index| (format!("x{index}"), json!("\u{0}"))).collect::<Value>();
    for given in [many(80_000), json!({ "name": "a", "owner": "o", "database": many(80_000) })] {
        let started = Instant::now();
        let violations = accept(&library, given).unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(5), "after {:?}", started.elapsed());
        assert_eq!(violations.len(), 100);
        assert_eq!(violations[99].detail, "has more that is wrong than is listed here");
    }
    let undeclared = (0..80_000).map(|index| (format!("x{index}"), json!(1))).collect::<Value>();
    let violations = accept(&library, undeclared).unwrap_err();
    assert_eq!(violations.len(), 100);
    assert!(violations.iter().any(|found| found.pointer == "/x7" && found.detail == "is not declared"));
}

#[test]
fn branches_may_declare_parameters_too() {
    let library = template().load();
    assert!(accept(&library, json!({ "name": "a", "owner": "o", "cloud": true, "region": "eu" })).is_ok());
    let stray = accept(&library, json!({ "name": "a", "owner": "o", "region": "eu" })).unwrap_err();
    assert_eq!(stray.len(), 1);
    assert_eq!(stray[0].pointer, "/region");
}

#[test]
fn the_schema_is_shown_as_one_closed_object() {
    let template = template().load().find("tried").unwrap();
    assert_eq!(template.parameters["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(template.parameters["unevaluatedProperties"], false);
    assert_eq!(template.parameters["properties"]["database"]["unevaluatedProperties"], false);
}

#[test]
fn hostile_patterns_run_in_linear_time() {
    let folder = Folder::with(&manifest(
        "parameters: {properties: {a: {type: string, pattern: '^(a+)+$'}}}\nsteps: [{action: 'fetch:plain', input: {url: ./a}}]",
    ))
    .file("a/x", "x");
    let violations = accept(&folder.load(), json!({ "a": format!("{}!", "a".repeat(200_000)) })).unwrap_err();
    assert_eq!(violations[0].pointer, "/a");
}
