//! `valkyrie dev`.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::process::{Dev, NEVER, run, text, valkyrie};

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_made_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let id = dev.request("payments").await;
    let task = dev.until(&id, "completed").await;

    let archive = dev.get(&format!("/api/v1/scaffold-tasks/{id}/artifact")).await.bytes().await.unwrap();
    assert_eq!(archive.len() as u64, task["artifact"]["size"].as_u64().unwrap());
    assert_eq!(archive[..2], [0x1f, 0x8b], "it is a gzip file");
    let history = dev.json(&format!("/api/v1/scaffold-tasks/{id}/events")).await;
    let kinds: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
    let wanted = ["created", "queued", "started", "completed"].map(|name| format!("midgard.scaffold-task.{name}.v1"));
    assert_eq!(kinds, wanted);
    assert_eq!(dev.terminate(), Some(0));

    let dev = Dev::start(folder.path());
    assert_eq!(dev.json(&format!("/api/v1/scaffold-tasks/{id}")).await, task);
    dev.kill();

    // A process that was killed leaves nothing in the way.
    let dev = Dev::start(folder.path());
    assert_eq!(dev.json(&format!("/api/v1/scaffold-tasks/{id}")).await, task);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_on_one_port() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let client = reqwest::Client::new();
    for path in
        ["/discovery/v1/openapi/schema.json", "/discovery/v1/asyncapi/schema.json", "/healthz/liveness", "/metrics"]
    {
        let answer = client.get(format!("{}{path}", dev.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let health: Value =
        client.get(format!("{}/healthz/readiness", dev.url)).send().await.unwrap().json().await.unwrap();
    let names: Vec<&str> =
        health["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    for part in ["database", "log", "relay"] {
        assert!(names.iter().any(|name| name.contains(part)), "{part}: {names:?}");
    }
    let denied = client.get(format!("{}/api/v1/templates", dev.url)).send().await.unwrap();
    assert_eq!(denied.status(), StatusCode::UNAUTHORIZED);
    let foreign =
        client.get(format!("{}/api/v1/templates", dev.url)).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_it_prints_work_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start_with_shipped_templates(folder.path());
    let commands: Vec<&str> = dev.greeting.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(commands.len(), 3);
    for command in commands {
        let output =
            std::process::Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{command}: {output:?}"));
        assert!(answer.get("items").is_some() || answer.get("id").is_some(), "{command}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_catalog_can_be_published_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let publish = |data: &Value, topic: &[&str]| {
        let data = data.to_string();
        let event = ["events", "publish", "backstage.catalog.entity.created.v1", "--key", "component:default/payments"];
        run(folder.path(), &[&event, ["--data", &data].as_slice(), topic].concat())
    };
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
        "metadata": {"namespace": "default", "name": "payments"}, "spec": {"owner": "a"},
    });
    let data = json!({"entityRef": "component:default/payments", "entity": entity, "previous": null});
    let topic = publish(&data, &[]);
    assert_eq!(topic.status.code(), Some(2), "{topic:?}");
    assert!(text(&topic.stderr).contains("--topic is missing") && text(&topic.stderr).contains("catalog.component`"));
    let wrong = publish(&json!({"entity": entity}), &["--topic", "backstage.catalog.component"]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    assert!(text(&wrong.stderr).contains("--data at /entityRef is missing"), "{wrong:?}");
    let right = publish(&data, &["--topic", "backstage.catalog.component"]);
    assert_eq!(right.status.code(), Some(0), "{right:?}");

    let path = "/api/v1/catalog/entities/by-name/component/default/payments";
    let since = Instant::now();
    while dev.get(path).await.status() != StatusCode::OK {
        assert!(since.elapsed() < NEVER, "the worker takes it into the read model");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_second_instance_in_the_folder_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let second = run(folder.path(), &["dev", "--port", "0"]);
    assert_eq!(second.status.code(), Some(3));
    let said = text(&second.stderr);
    assert!(said.contains("another `valkyrie dev` is using .valkyrie") && said.contains("--data-dir"), "{said}");
    assert!(said.contains(&dev.pid().to_string()) && said.contains(&dev.url), "{said}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(folder.path(), &["dev", "--port", &port]);
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.contains(&format!("port {port} is taken")) && said.contains("--port 0"), "{said}");
}

#[test]
fn a_folder_that_no_address_can_hold_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["dev", "--port", "0", "--data-dir", "a?b"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--data-dir must be a path in UTF-8 and without `?`") && said.contains("a?b"), "{said}");
}

#[test]
fn what_is_configured_in_vain_is_told() {
    let folder = tempfile::tempdir().unwrap();
    // Taken, so that it ends by itself once it has said so.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fs::write(folder.path().join("valkyrie.toml"), "[auth]\nissuer = \"https://id.example\"\n").unwrap();
    let mut command = valkyrie(folder.path());
    command.env("VALKYRIE__LOG__ADAPTER", "kafka").env("VALKYRIE__HTTP__ADDRESS", "0.0.0.0");
    command.env("VALKYRIE__KAFKA__BROKERS", "127.0.0.1:1").env("DATABASE_URL", "sqlite:theirs.db");
    let said = text(&command.args(["dev", "--port", &port]).output().unwrap().stderr);
    let line = said.lines().find(|line| line.starts_with("ignored: ")).unwrap_or_else(|| panic!("{said}"));
    for key in [
        "http.address (VALKYRIE__HTTP__ADDRESS)",
        "log.adapter (VALKYRIE__LOG__ADAPTER)",
        "auth.issuer (valkyrie.toml:2)",
    ] {
        assert!(line.contains(key), "{line}");
    }
    assert!(!line.contains("database.url"), "that of another program is none of ours: {line}");

    let said =
        text(&run(Path::new("."), &["dev", "--port", &port, "--data-dir", folder.path().to_str().unwrap()]).stderr);
    assert!(!said.contains("ignored"), "{said}");
}

#[test]
fn a_folder_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes"), "x").unwrap();
    let output = run(folder.path(), &["dev", "--data-dir", "notes"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--data-dir must be a folder, but notes is a file"), "{output:?}");
}

#[test]
fn what_it_keeps_is_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let _dev = Dev::start(folder.path());
    let data = folder.path().join(".valkyrie");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in ["secrets.key", "development-issuer.json", "instance.json"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = valkyrie(folder.path())
        .args(["dev", "--port", "0"])
        .env("DATABASE_URL", "sqlite:theirs.db")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let deadline = std::time::Instant::now() + crate::process::NEVER;
    while !folder.path().join(".valkyrie/instance.json").exists() {
        assert!(std::time::Instant::now() < deadline && child.try_wait().unwrap().is_none());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join("theirs.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_running_instance_is_printed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let none = run(folder.path(), &["token"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("no `valkyrie dev` is running"), "{none:?}");

    let dev = Dev::start(folder.path());
    let ask = async |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        let printed = text(&output.stdout);
        assert_eq!(printed.lines().count(), 1, "{printed}");
        let request = reqwest::Client::new().get(format!("{}/api/v1/scaffold-tasks", dev.url));
        request.bearer_auth(printed.trim()).send().await.unwrap().status()
    };
    assert_eq!(ask(&["token"]).await, StatusCode::OK);
    assert_eq!(
        ask(&["token", "--subject", "ci", "--scope", "scaffold-tasks:read", "--ttl", "1m"]).await,
        StatusCode::OK
    );
    assert_eq!(ask(&["token", "--scope", "catalog:read"]).await, StatusCode::FORBIDDEN);

    let wrong = run(folder.path(), &["token", "--scope", "scaffold-task:read"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("scaffold-tasks:read"), "{wrong:?}");
    dev.kill();
    assert_eq!(run(folder.path(), &["token"]).status.code(), Some(1));
}
