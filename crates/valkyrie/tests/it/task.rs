//! `valkyrie task` and `valkyrie new`, against a running instance.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::process::{Dev, run, text, valkyrie};

struct Shell<'a> {
    folder: &'a Path,
    server: String,
    token: String,
}

impl Shell<'_> {
    fn task(&self, arguments: &[&str]) -> Output {
        let mut command = valkyrie(self.folder);
        command.env("VALKYRIE_SERVER", &self.server).env("VALKYRIE_TOKEN", &self.token);
        command.arg("task").args(arguments).output().unwrap()
    }
}

fn shell<'a>(folder: &'a Path, dev: &Dev) -> Shell<'a> {
    let token = text(&run(folder, &["token"]).stdout).trim().to_owned();
    Shell { folder, server: dev.url.clone(), token }
}

fn answer(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const PAYMENTS: [&str; 6] = ["submit", "small", "-p", "name=payments", "-p", "owner=group:default/payments"];

#[test]
fn a_service_is_made_watched_and_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let shell = shell(folder.path(), &dev);

    let watched = shell.task(&[&PAYMENTS[..], &["--watch", "--json"]].concat());
    let task = answer(&watched);
    assert_eq!(task["status"], "completed");
    assert!(text(&watched.stderr).contains("completed"), "the log is shown: {}", text(&watched.stderr));
    let id = task["id"].as_str().unwrap();

    let listed = answer(&shell.task(&["list", "--json"]));
    assert_eq!(listed["items"][0]["id"], id);
    assert!(text(&shell.task(&["list"]).stdout).contains("payments"));
    assert_eq!(answer(&shell.task(&["show", id, "--json"])), task);
    assert!(text(&shell.task(&["log", id]).stdout).contains("completed"));

    let fetched = answer(&shell.task(&["artifact", id, "--json"]));
    let archive = fs::read(folder.path().join("payments.tar.gz")).unwrap();
    assert_eq!(
        (fetched["path"].as_str(), fetched["size"].as_u64()),
        (Some("payments.tar.gz"), Some(archive.len() as u64))
    );
    assert!(archive.starts_with(&[0x1f, 0x8b]));
    let piped = shell.task(&["artifact", id, "--output", "-"]);
    assert_eq!(piped.stdout, archive);
}

#[test]
fn a_server_that_says_no_is_told_apart_from_one_that_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let shell = shell(folder.path(), &dev);

    let unknown = shell.task(&["submit", "nope"]);
    assert_eq!(unknown.status.code(), Some(4));
    assert!(text(&unknown.stderr).contains("/template: there is no template `nope` here (expected one of small)"));
    let illegal = shell.task(&["retry", "0192f0c1-2f6a-7000-8000-000000000000"]);
    assert_eq!(illegal.status.code(), Some(4), "{}", text(&illegal.stderr));

    let without_token = valkyrie(folder.path())
        .env("VALKYRIE_SERVER", &dev.url)
        .env_remove("VALKYRIE_TOKEN")
        .args(["task", "list"])
        .output()
        .unwrap();
    assert_eq!(without_token.status.code(), Some(4));
    assert!(text(&without_token.stderr).contains("export VALKYRIE_TOKEN=$(valkyrie token)"));

    let nobody = run(folder.path(), &["task", "list", "--server", "http://127.0.0.1:1"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("no server answers at http://127.0.0.1:1"), "{}", text(&nobody.stderr));
}

#[test]
fn what_vanished_from_the_catalog_is_shown_and_decided() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let shell = shell(folder.path(), &dev);
    assert!(text(&shell.task(&["decommission"]).stdout).starts_with("no service that vanished"));
    assert_eq!(answer(&shell.task(&["decommission", "--json"])), json!({"items": [], "held": false}));
    assert_eq!(text(&shell.task(&["decommission", "--confirm"]).stdout), "0 tasks will be decommissioned\n");
    assert_eq!(answer(&shell.task(&["decommission", "--discard", "--json"])), json!({"tasks": 0}));
    assert_eq!(shell.task(&["decommission", "--confirm", "--discard"]).status.code(), Some(2));
}

#[test]
fn a_draft_is_started_later() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let shell = shell(folder.path(), &dev);
    let draft = answer(&shell.task(&[&PAYMENTS[..], &["--draft", "--json"]].concat()));
    let id = draft["id"].as_str().unwrap();
    assert_eq!(answer(&shell.task(&["queue", id, "--watch", "--json"]))["status"], "completed");
    assert_eq!(shell.task(&["queue", id]).status.code(), Some(4));
}

#[test]
fn what_is_wrong_with_a_connection_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let list = |server: &str, token: &str| {
        let mut command = valkyrie(folder.path());
        command.args(["task", "list"]).env("VALKYRIE_SERVER", server).env("VALKYRIE_TOKEN", token).output().unwrap()
    };
    let token = text(&run(folder.path(), &["token"]).stdout);
    assert!(token.ends_with('\n') && list(&dev.url, &token).status.success(), "as a file with a line break holds it");
    let broken = list(&dev.url, "secret\npart");
    assert_eq!(broken.status.code(), Some(2));
    let said = text(&broken.stderr);
    assert!(said.contains("VALKYRIE_TOKEN holds a space, a line break") && !said.contains("part"), "{said}");

    let encrypted = list(&dev.url.replace("http:", "https:"), &token);
    assert_eq!(encrypted.status.code(), Some(1));
    assert!(text(&encrypted.stderr).contains("does it speak https at all"), "{}", text(&encrypted.stderr));

    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", mute.local_addr().unwrap());
    let answers = std::thread::spawn(move || mute.accept().unwrap().0.write_all(b"\x15\x03\x01 no HTTP\r\n").unwrap());
    let other = list(&address, &token);
    assert!(text(&other.stderr).contains("gives no answer in HTTP"), "{}", text(&other.stderr));
    answers.join().unwrap();
}

#[test]
fn a_parameter_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let twice = r#"{"name": "payments", "owner": "group:default/a", "name": "billing"}"#;
    fs::write(folder.path().join("twice.json"), twice).unwrap();
    for (arguments, said) in [
        (&["-p", "name=payments", "-p", "name=billing"][..], "the parameter `name` is given more than once"),
        (&["--parameters", "twice.json"], "twice.json must hold one JSON object: `/name` is there more than once"),
        (&["-p", r#"name:={"a": 1, "a": 2}"#], "`/a` is there more than once"),
        (&["--parameters", "twice.json", "-p", "name=payments"], "`/name` is there more than once"),
    ] {
        let output = run(folder.path(), &[&["new", "small", "--dry-run"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(said), "{output:?}");
    }
    let mut piped = valkyrie(folder.path());
    piped.args(["new", "small", "--dry-run", "--parameters", "-"]);
    let output = piped.stdin(fs::File::open(folder.path().join("twice.json")).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_service_has_a_copy_of_heimdall_or_takes_it_from_where_it_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let new = |name: &str, arguments: &[&str], configured: Option<&str>| {
        let mut command = valkyrie(folder.path());
        command.env_remove("VALKYRIE__TEMPLATES__SOURCES");
        if let Some(git) = configured {
            fs::write(folder.path().join("it.toml"), format!("templates.defaults.event-service.heimdallGit = {git:?}"))
                .unwrap();
            command.args(["--config", "it.toml"]);
        }
        let name_of = format!("name={name}");
        command.args(["new", "event-service", "-p", &name_of, "-p", "owner=group:default/payments"]).args(arguments);
        let output = command.output().unwrap();
        let manifest = fs::read_to_string(folder.path().join(name).join("Cargo.toml")).unwrap_or_default();
        (output.status.code(), manifest, text(&output.stderr))
    };
    let (code, manifest, said) = new("plain", &[], None);
    assert!(code == Some(0) && manifest.contains(r#"path = "vendor/heimdall""#), "{manifest} {said}");
    assert!(folder.path().join("plain/vendor/heimdall/src/lib.rs").is_file(), "{said}");
    let (code, manifest, said) = new("beside", &["-p", "heimdallPath=../valkyrie/crates/heimdall"], None);
    assert!(code == Some(0) && manifest.contains(r#"path = "../valkyrie/crates/heimdall""#), "{manifest} {said}");
    assert!(!folder.path().join("beside/vendor").exists(), "{said}");
    let (code, _, said) = new("remote", &["-p", "heimdallSource=git"], None);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("/heimdallGit: is missing (expected The repository that holds heimdall, such as"), "{said}");
    let (code, manifest, said) = new("configured", &[], Some("https://git.acme.example/valkyrie.git"));
    assert!(code == Some(0) && manifest.contains("git.acme.example"), "{manifest} {said}");
}

#[test]
fn a_draft_can_be_cancelled_and_the_watch_of_a_cancelled_task_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let shell = shell(folder.path(), &dev);
    let draft = answer(&shell.task(&[&PAYMENTS[..], &["--draft", "--json"]].concat()));
    let id = draft["id"].as_str().unwrap();
    assert_eq!(draft["status"], "draft");
    assert_eq!(answer(&shell.task(&["cancel", id, "--json"]))["status"], "cancelled");
    assert_eq!(shell.task(&["watch", id]).status.code(), Some(5));
    assert_eq!(shell.task(&["artifact", id]).status.code(), Some(4));
}

#[test]
fn a_service_is_made_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let new = |arguments: &[&str]| run(folder.path(), &[&["new", "small"], arguments].concat());
    let payments = ["-p", "name=payments", "-p", "owner=group:default/payments"];

    let shown = answer(&new(&[&payments[..], &["--dry-run", "--json"]].concat()));
    assert!(!folder.path().join("payments").exists());
    let made = answer(&new(&[&payments[..], &["--json"]].concat()));
    assert_eq!((&made["folder"], &made["files"]), (&json!("payments"), &shown["files"]));
    for file in made["files"].as_array().unwrap() {
        let written = fs::metadata(folder.path().join("payments").join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(Some(written.len()), file["size"].as_u64());
    }

    let again = new(&payments);
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("payments is not empty"), "{}", text(&again.stderr));
    let wrong = new(&["-p", "nmae=payments"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("nmae"), "{}", text(&wrong.stderr));
}

#[test]
fn each_shell_gets_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = run(folder.path(), &["completions", shell]);
        assert!(script.status.success() && text(&script.stdout).contains("idempotency-key"), "{shell}");
    }
}
