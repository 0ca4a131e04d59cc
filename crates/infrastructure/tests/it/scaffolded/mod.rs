//! The service that `templates/event-service` makes, taken to a folder with no Valkyrie around, and built there.
//!
//! It takes minutes, so `cargo xtask test` has a suite of its own for it (`template`).

mod cargo;
mod remote;

use application::ports::{Templates, Values};
use chrono::DateTime;
use domain::JsonObject;
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use cargo::Cargo;
use remote::Remote;

/// Makes a service with the templates that ship, and unpacks its artifact.
fn unpack(given: Value) -> TempDir {
    let library = TemplateLibrary::load(&TemplatesConfig::default(), Limits::default());
    let template = library.find("event-service").unwrap();
    let given: JsonObject = serde_json::from_value(given).unwrap();
    let accepted = library.accept(&template, given).unwrap();
    let (parameters, secrets) = (accepted.parameters, accepted.secrets);
    let values = Values { task: None, parameters, secrets, requested_at: DateTime::UNIX_EPOCH };
    let mut run = library.open(&template.version, values).unwrap();
    for index in 0..run.steps().len() {
        run.run(index).unwrap();
    }
    let artifact = run.finish().unwrap().archive;
    let folder = TempDir::new().unwrap();
    tar::Archive::new(flate2::read::GzDecoder::new(artifact.as_slice())).unpack(folder.path()).unwrap();
    folder
}

#[test]
fn the_event_service_builds_with_its_copy_of_heimdall_and_passes_its_own_tests() {
    let service = unpack(json!({ "name": "order-intake", "owner": "group:default/orders" }));
    let cargo = Cargo::within(service.path());
    cargo.run(&["fmt", "--all", "--check"]);
    cargo.run(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    let tested = cargo.run(&["test", "--workspace"]);
    assert!(tested.contains("each_event_counts_once_and_is_told_once ... ok"), "{tested}");
    // Those of the copy are not silenced, as a registry's would be.
    assert!(!tested.contains("warning:"), "{tested}");
}

#[test]
fn the_event_service_builds_with_heimdall_from_git() {
    let remote = Remote::of_this_checkout();
    // A name that is a word of the language, and everything else as long as it may be.
    let service = unpack(json!({
        "name": "match",
        "owner": "Group:a.b_c",
        "system": "ordering",
        "description": "Says \"everything\" {in} one <line> with \\ and 'quotes', äöü and ${{ values.name }} #",
        "inputTopic": "i".repeat(80),
        "inputEvent": "e".repeat(80),
        "outputTopic": "o".repeat(80),
        "httpPort": 65534,
        "heimdallGit": remote.url(),
        "heimdallTag": Remote::TAG,
    }));
    let cargo = Cargo::within(service.path());
    cargo.run(&["fmt", "--all", "--check"]);
    cargo.run(&["build", "--workspace"]);
}
