//! The commands around a deployment.

use std::net::TcpListener;

use serde_json::Value;

use crate::process::{run, text, valkyrie};

#[test]
fn the_schema_is_brought_up_to_date_once() {
    let folder = tempfile::tempdir().unwrap();
    let migrate = |arguments: &[&str]| {
        valkyrie(folder.path()).arg("migrate").args(arguments).env("DATABASE_URL", "sqlite:x.db").output().unwrap()
    };
    let missing = migrate(&["--check"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stdout).contains("missing: valkyrie_migrations 1"), "{missing:?}");
    assert_eq!(migrate(&[]).status.code(), Some(0));
    let nothing = migrate(&["--check"]);
    assert_eq!(nothing.status.code(), Some(0), "{nothing:?}");
    assert!(text(&migrate(&[]).stdout).contains("up to date"));
}

#[test]
fn topics_are_planned_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let topics = |arguments: &[&str]| {
        valkyrie(folder.path()).arg("topics").args(arguments).env("DATABASE_URL", "sqlite:x.db").output().unwrap()
    };
    let plan: Value = serde_json::from_slice(&topics(&["plan", "--json"]).stdout).unwrap();
    assert_eq!(plan.as_array().unwrap().len(), 30);
    assert!(plan.as_array().unwrap().iter().any(|change| change["topic"] == "midgard.scaffold-task"), "{plan}");
    let applied = topics(&["apply"]);
    assert!(applied.status.success(), "{applied:?}");
    assert!(text(&applied.stdout).contains("create backstage.catalog.component with 3 partitions"), "{applied:?}");
    let again = topics(&["plan"]);
    assert_eq!(again.status.code(), Some(0));
    assert!(text(&again.stdout).starts_with("Nothing to do"), "{again:?}");
}

#[test]
fn the_configuration_says_where_it_comes_from_and_keeps_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let output = valkyrie(folder.path())
        .args(["config", "--json"])
        .env("DATABASE_URL", "postgres://valkyrie:hunter2@db/valkyrie")
        .env("VALKYRIE__WORKER__CONCURRENCY", "7")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = text(&output.stdout);
    assert!(!printed.contains("hunter2"));
    let entries: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let entry = |key: &str| entries.iter().find(|entry| entry["key"] == key).unwrap();
    assert_eq!(entry("worker.concurrency")["value"], 7);
    assert!(entry("worker.concurrency")["origin"].as_str().unwrap().contains("VALKYRIE__WORKER__CONCURRENCY"));
    assert_eq!(entry("http.port")["value"], 7100);

    let defaults = valkyrie(folder.path())
        .args(["config", "--defaults"])
        .env("VALKYRIE__WORKER__CONCURRENCY", "7")
        .output()
        .unwrap();
    assert!(text(&defaults.stdout).contains("worker.concurrency = 4"), "{defaults:?}");
}

#[test]
fn a_key_that_does_not_exist_is_named_with_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    for role in ["api", "worker", "config", "migrate", "openapi", "asyncapi"] {
        let output = valkyrie(folder.path()).arg(role).env("VALKYRIE__WORKER__CONCURENCY", "7").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{role}: {output:?}");
        assert!(text(&output.stderr).contains("worker.concurrency"), "{role}: {output:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["config", "--config", "nope.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("\n  the configuration file nope.toml cannot be read"), "{output:?}");
}

#[test]
fn a_prefix_of_topics_ends_with_a_dot() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = valkyrie(folder.path());
    let output =
        command.args(["topics", "plan"]).env("VALKYRIE__EVENTS__CATALOG_TOPIC_PREFIX", "acme.catalog").output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("events.catalog_topic_prefix") && said.contains("must end with a dot"), "{said}");
}

#[test]
fn a_role_whose_port_is_taken_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (role, key) in
        [("api", "VALKYRIE__HTTP__PORT"), ("api", "VALKYRIE__ADMIN__PORT"), ("worker", "VALKYRIE__ADMIN__PORT")]
    {
        let mut command = valkyrie(folder.path());
        command.arg(role).env("DATABASE_URL", "sqlite:x.db").env("VALKYRIE__AUTH__ISSUER", "http://127.0.0.1:1");
        command.env("VALKYRIE__AUTH__ALLOW_INSECURE_ISSUER", "true");
        command.env("VALKYRIE__HTTP__PORT", "0").env("VALKYRIE__ADMIN__PORT", "0").env(key, &port);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{role} {key}: {output:?}");
        let said = text(&output.stderr);
        assert!(said.contains("the port is taken by another program") && said.contains(key), "{role} {key}: {said}");
    }
}

#[test]
fn routes_and_events_are_described_without_opening_anything() {
    let folder = tempfile::tempdir().unwrap();
    let document = |command: &str| {
        let output = valkyrie(folder.path()).arg(command).env("DATABASE_URL", "sqlite:made/x.db").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}: {output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert!(document("openapi")["paths"].get("/api/v1/scaffold-tasks").is_some());
    assert!(document("asyncapi")["channels"].to_string().contains("midgard.scaffold-task"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let help = text(&run(folder.path(), &["--help"]).stdout);
    assert!(help.contains("Exit codes:") && help.contains("dev"), "{help}");
    for command in ["dev", "token", "migrate", "topics", "config", "openapi", "asyncapi"] {
        let help = text(&run(folder.path(), &[command, "--help"]).stdout);
        assert!(help.contains("Example"), "{command}: {help}");
    }
}
