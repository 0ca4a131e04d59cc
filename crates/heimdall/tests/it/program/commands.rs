//! The commands that come with every service.

use std::fs;

use serde_json::{Value, json};

use super::{Ended, run, tally};

/// A database that nobody may open: opening it would make its folder.
const UNTOUCHED: (&str, &str) = ("DATABASE_URL", "sqlite:made/tally.db");

#[test]
fn the_configuration_names_the_services_own_keys_and_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tally(folder.path(), &["config", "--json"]);
    let ended = Ended::of(command.envs([UNTOUCHED, ("TALLY__TALLY__LIMIT", "7"), ("TALLY__HTTP__PORT", "0")]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let entries: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    let entry = |key: &str| entries.iter().find(|entry| entry["key"] == key).unwrap().clone();
    assert_eq!(entry("tally.limit"), json!({"key": "tally.limit", "value": 7, "origin": "TALLY__TALLY__LIMIT"}));
    assert_eq!(entry("auth.audience")["value"], "tally", "its tokens are for it");
    assert_eq!(entry("database.url")["value"], "[redacted]");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let defaults = Ended::of(tally(folder.path(), &["config", "--defaults"]).env("TALLY__TALLY__LIMIT", "7"));
    assert!(defaults.stdout.contains("tally.limit = 10"), "{}", defaults.stdout);
    let file = folder.path().join("other.toml");
    fs::write(&file, "[tally]\nlimit = 8\n").unwrap();
    let given = run(folder.path(), &["config", "--config", "other.toml"]);
    assert!(given.stdout.lines().any(|line| line.starts_with("tally.limit = 8") && line.ends_with("other.toml:2")));
}

#[test]
fn a_configuration_that_is_right_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::of(tally(folder.path(), &["config", "check"]).envs([UNTOUCHED]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "The configuration is right.\n"), "{}", ended.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_schema_of_the_file_has_the_services_own_keys() {
    let folder = tempfile::tempdir().unwrap();
    // What is configured here does not matter.
    fs::write(folder.path().join("tally.toml"), "[tally]\nlimit = 0\n").unwrap();
    let ended = run(folder.path(), &["config", "schema"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let schema: Value = serde_json::from_str(&ended.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&json!({"tally": {"limit": 7}, "http": {"port": 1}})));
    assert!(
        !validator.is_valid(&json!({"tally": {"limit": "many"}}))
            && !validator.is_valid(&json!({"tally": {"limt": 7}}))
    );
}

#[test]
fn what_is_configured_is_shown_although_the_service_cannot_be_composed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tally.toml"), "[tally]\nplan = \"\"\n[http]\nport = 1234\n").unwrap();
    let ended = run(folder.path(), &["config"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains("http.port = 1234"), "{}", ended.stdout);
    assert!(ended.stderr.contains("can't be composed") && ended.stderr.contains("error: a tally needs a plan"));
}

#[test]
fn the_schema_is_brought_up_to_date_once() {
    let folder = tempfile::tempdir().unwrap();
    let migrate = |arguments: &[&str]| Ended::of(tally(folder.path(), arguments).env("DATABASE_URL", "sqlite:x.db"));
    let missing = migrate(&["migrate", "--check"]);
    assert_eq!(missing.code, 1);
    assert_eq!(missing.stdout, "missing: heimdall_migrations 1 (messaging)\nmissing: tally_migrations 1 (tallies)\n");
    assert!(missing.stderr.contains("the schema lacks 2 migrations: `tally migrate` runs them"), "{}", missing.stderr);
    assert!(migrate(&["migrate"]).stdout.contains("done: tally_migrations 1 (tallies)"));
    let again = migrate(&["migrate", "--check"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "The schema is up to date.\n"));
}

#[test]
fn topics_are_planned_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let topics = |arguments: &[&str]| Ended::of(tally(folder.path(), arguments).env("DATABASE_URL", "sqlite:x.db"));
    let plan: Value = serde_json::from_str(&topics(&["topics", "plan", "--json"]).stdout).unwrap();
    assert_eq!(plan[0], json!({"topic": "items.received", "change": "create items.received with 3 partitions"}));
    assert!(topics(&["topics", "plan"]).stdout.ends_with("3 changes; `tally topics apply` makes them.\n"));
    let applied = topics(&["topics", "apply"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert!(applied.stdout.contains("create items.received.tally.dead-letter"), "{}", applied.stdout);
    assert!(topics(&["topics", "plan"]).stdout.starts_with("Nothing to do"));
}

#[test]
fn routes_and_events_are_described_without_opening_anything() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::of(tally(folder.path(), &["openapi"]).envs([UNTOUCHED]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(document["paths"]["/tallies"]["get"]["security"].to_string().contains("tallies:read"), "{document}");
    let ended = Ended::of(tally(folder.path(), &["asyncapi"]).envs([UNTOUCHED]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["info"]["title"], "tally");
    assert_eq!(document["info"]["version"], "1.2.3");
    assert!(document["channels"].to_string().contains("items.received"), "{document}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_routes_are_described_without_opening_anything() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::of(tally(folder.path(), &["openapi"]).envs([UNTOUCHED]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["info"], json!({"title": "tally", "version": "1.2.3"}));
    assert_eq!(document["paths"]["/tallies"]["get"]["security"], json!([{"bearer": ["tallies:read"]}]));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["--version"]).stdout, "tally 1.2.3\n");
    let help = run(folder.path(), &["--help"]).stdout;
    for part in ["Counts what comes in.", "tally dev", "Exit codes:", "tally.toml"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
