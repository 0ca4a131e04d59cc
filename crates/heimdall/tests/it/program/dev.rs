//! `tally dev`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{ChildStdout, Stdio},
    time::{Duration, Instant},
};

use heimdall::testing::TestService;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Ended, Stopped, compose, run, tally};
use crate::child::signal;

/// A running instance; killed when it is dropped.
struct Dev {
    process: Stopped,
    _stdout: BufReader<ChildStdout>,
    greeting: String,
    url: String,
}

impl Dev {
    fn start(folder: &Path) -> Self {
        let mut process = Stopped(tally(folder, &["dev", "--port", "0"]).spawn().unwrap());
        let mut stdout = BufReader::new(process.0.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("Ctrl-C") {
            assert!(stdout.read_line(&mut greeting).unwrap() > 0, "it ended: {:?} {greeting}", process.0.wait());
        }
        let health = greeting.lines().find_map(|line| line.trim().strip_prefix("Health ")).unwrap();
        let url = health.trim().strip_suffix("/healthz/readiness").unwrap().to_owned();
        Self { process, _stdout: stdout, greeting, url }
    }

    /// Waits until the API says that there are so many tallies.
    async fn until(&self, folder: &Path, tallies: &str) {
        let token = run(folder, &["token"]).stdout;
        let since = Instant::now();
        loop {
            let request = reqwest::Client::new().get(format!("{}/tallies", self.url)).bearer_auth(token.trim());
            let there = request.send().await.unwrap().text().await.unwrap();
            if there == tallies {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(30), "{there} in the place of {tallies}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ask(&self, token: &str) -> StatusCode {
        let request = reqwest::Client::new().get(format!("{}/tallies", self.url)).bearer_auth(token.trim());
        request.send().await.unwrap().status()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_reach_the_instance_here_whatever_others_call_the_service() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tally.toml"), "[http]\npublic_url = \"https://tally.example\"\n").unwrap();
    let dev = Dev::start(folder.path());
    assert!(dev.url.starts_with("http://127.0.0.1:"), "{}", dev.greeting);
    let published = run(
        folder.path(),
        &["events", "publish", "items.received.v1", "--key", "bolt", "--data", r#"{"item": "bolt"}"#],
    );
    assert_eq!(published.code, 0, "{}", published.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_runs_with_nothing_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let mut dev = Dev::start(folder.path());
    assert!(dev.greeting.contains("tally 1.2.3 is ready, after "), "{}", dev.greeting);
    assert!(dev.greeting.contains("  Metrics    http://127.0.0.1:") && dev.greeting.contains("  Data       .tally\n"));
    for (word, page) in [("OpenAPI ", "openapi"), ("AsyncAPI", "asyncapi")] {
        let line = format!("  {word}   {}/discovery/v1/{page}\n", dev.url);
        assert!(dev.greeting.contains(&line), "{}", dev.greeting);
    }
    assert!(dev.greeting.contains(&format!(" token)\" {}/tallies\n", dev.url)), "it proposes to ask: {}", dev.greeting);
    let publish = r#" events publish items.received.v1 --key example --data '{"item":"example"}'"#;
    assert!(dev.greeting.lines().any(|line| line.ends_with(publish)), "and to publish: {}", dev.greeting);
    let token = dev.greeting.lines().find(|line| line.starts_with("ey")).unwrap().to_owned();
    assert_eq!(dev.ask(&token).await, StatusCode::OK);
    assert_eq!(dev.ask("none").await, StatusCode::UNAUTHORIZED);
    let ready = reqwest::get(format!("{}/healthz/readiness", dev.url)).await.unwrap();
    let (status, report) = (ready.status(), ready.text().await.unwrap());
    assert!(status == StatusCode::OK && report.contains("consumer tally"), "{report}");

    let data = folder.path().join(".tally");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in ["development-issuer.json", "instance.json", "lock"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    signal(&dev.process.0, "-TERM");
    assert_eq!(dev.process.0.wait().unwrap().code(), Some(0));
    let topics = Ended::of(tally(folder.path(), &["topics", "plan"]).env("DATABASE_URL", "sqlite:.tally/tally.db"));
    assert!(topics.stdout.starts_with("Nothing to do"), "dev made the topics: {}", topics.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_running_instance_is_printed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let none = run(folder.path(), &["token"]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("no `tally dev` is running with the folder .tally"), "{}", none.stderr);

    let dev = Dev::start(folder.path());
    let token = run(folder.path(), &["token", "--scope", "tallies:read", "--ttl", "1m"]);
    assert_eq!((token.code, token.stdout.lines().count()), (0, 1), "{}{}", token.stdout, token.stderr);
    assert_eq!(dev.ask(&token.stdout).await, StatusCode::OK);

    let wrong = run(folder.path(), &["token", "--scope", "tally:read"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong
            .stderr
            .contains("no permission `tally:read`: expected one of events:publish, tallies:read, tallies:write")
    );
    let long = run(folder.path(), &["token", "--ttl", "2h"]);
    assert!(long.code == 2 && long.stderr.contains("from 1s to 1h"), "{}", long.stderr);

    let second = run(folder.path(), &["dev", "--port", "0"]);
    assert_eq!(second.code, 3);
    assert!(second.stderr.contains("another `tally dev` is using .tally") && second.stderr.contains(&dev.url));
}

/// `tally events publish` with these arguments.
fn publish(folder: &Path, arguments: &[&str]) -> Ended {
    run(folder, &[&["events", "publish"], arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_event_reaches_its_consumer() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let dev = Dev::start(folder);
    let bolt = r#"{"item": "bolt"}"#;
    let published = publish(folder, &["items.received.v1", "--key", "bolt", "--data", bolt]);
    assert_eq!(published.code, 0, "{}", published.stderr);
    assert!(published.stdout.starts_with("published 0"), "{}", published.stdout);
    assert!(published.stdout.ends_with(" to items.received, partition key bolt\n"), "{}", published.stdout);
    dev.until(folder, "1").await;

    fs::write(folder.join("nut.json"), r#"{"item": "nut"}"#).unwrap();
    let from_file = publish(folder, &["items.received.v1", "--key", "nut", "--data", "@nut.json", "--json"]);
    let said: Value = serde_json::from_str(&from_file.stdout).unwrap();
    assert_eq!((&said["topic"], &said["partitionkey"]), (&json!("items.received"), &json!("nut")), "{said}");
    assert_eq!(said["type"], "items.received.v1");
    assert!(said["id"].as_str().unwrap().len() == 36, "{said}");
    dev.until(folder, "2").await;

    // Another service's topic, which a pattern of this one reads and nobody has made yet; the data from standard input.
    let file = fs::File::open(folder.join("nut.json")).unwrap();
    let lost = ["events", "publish", "items.lost.v1", "--key", "nut", "--data", "-", "--topic", "places.attic"];
    let lost = Ended::of(tally(folder, &lost).stdin(Stdio::from(file)));
    assert_eq!(lost.code, 0, "{}", lost.stderr);
    dev.until(folder, "1").await;
    // Now that it is there, it need not be named.
    assert_eq!(publish(folder, &["items.lost.v1", "--key", "bolt", "--data", bolt]).code, 0);
    dev.until(folder, "0").await;
    let any = publish(folder, &["whatever.v7", "--key", "k", "--data", "[1]", "--topic", "anything"]);
    assert_eq!(any.code, 0, "{}", any.stderr);
    let ready = reqwest::get(format!("{}/healthz/readiness", dev.url)).await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK, "{}", ready.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_wrong_is_refused_with_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let none = publish(folder, &["items.received.v1", "--key", "k", "--data", "{}"]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("no `tally dev` is running with the folder .tally"), "{}", none.stderr);

    let dev = Dev::start(folder);
    let right = r#"{"item": "bolt"}"#;
    let refused = |arguments: &[&str], wanted: &str| {
        let ended = publish(folder, arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(wanted), "{}", ended.stderr);
    };
    let known = "TYPE is no type that a topic of the service carries: expected one of `items.received.v1` (items.received), \
                 `items.lost.v1` (places.*), any type where the topic is `anything`";
    refused(&["items.receivd.v1", "--key", "k", "--data", right], known);
    let on_topic = "TYPE is no type that `items.received` carries: expected `items.received.v1`";
    refused(&["items.lost.v1", "--key", "k", "--data", right, "--topic", "items.received"], on_topic);
    let topics = "--topic is no topic that the service publishes to or reads: expected one of `items.received`, ";
    refused(&["items.received.v1", "--key", "k", "--data", right, "--topic", "items.recieved"], topics);
    let none_yet = "--topic is missing, and there is none yet that carries the type: expected one like `places.*`";
    refused(&["items.lost.v1", "--key", "k", "--data", right], none_yet);
    let missing = "--data at /item is missing: expected a string";
    refused(&["items.received.v1", "--key", "k", "--data", r#"{"itm": "bolt"}"#], missing);
    let wrong = "--data at /item is a number: expected a string";
    refused(&["items.received.v1", "--key", "k", "--data", r#"{"item": 7}"#], wrong);
    refused(&["items.received.v1", "--key", "k", "--data", "{"], "--data is not well-formed JSON: ");
    refused(&["items.received.v1", "--key", "", "--data", right], "--key is empty: expected text");
    dev.until(folder, "0").await;

    let post = |token: &str| {
        let request = reqwest::Client::new().post(format!("{}/dev/v1/events", dev.url)).bearer_auth(token.trim());
        request.json(&json!({"type": "items.received.v1", "key": "k", "data": {"item": "bolt"}})).send()
    };
    assert_eq!(post("none").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let reader = run(folder, &["token", "--scope", "tallies:read"]).stdout;
    assert_eq!(post(&reader).await.unwrap().status(), StatusCode::FORBIDDEN);
    let publisher = run(folder, &["token", "--scope", "events:publish"]).stdout;
    assert_eq!(post(&publisher).await.unwrap().status(), StatusCode::OK);
    // The document is the service's own, with or without `dev`.
    let document = reqwest::get(format!("{}/discovery/v1/openapi/schema.json", dev.url)).await.unwrap();
    assert!(!document.text().await.unwrap().contains("events"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_development_instance_takes_events() {
    let service = TestService::builder("tally").start(compose).await;
    let event = json!({"type": "items.received.v1", "key": "k", "data": {"item": "bolt"}});
    let answer = service.caller(&["tallies:read"]).post("/dev/v1/events", &event).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(service.service().permission_names(), ["tallies:read", "tallies:write"]);
    service.finish().await;
}

#[test]
fn what_is_configured_in_vain_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tally.toml"), "[auth]\nissuer = \"https://id.example\"\n").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = tally(folder.path(), &["dev", "--port", &port]);
    let ended = Ended::of(command.env("TALLY__HTTP__ADDRESS", "0.0.0.0").env("DATABASE_URL", "sqlite:theirs.db"));
    let line =
        ended.stderr.lines().find(|line| line.starts_with("ignored: ")).unwrap_or_else(|| panic!("{}", ended.stderr));
    assert!(line.contains("http.address (TALLY__HTTP__ADDRESS)") && line.contains("auth.issuer (tally.toml:2)"));
    assert!(!line.contains("database.url"), "that of another program is none of ours: {line}");
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains(&format!("port {port} is taken")) && ended.stderr.contains("--port 0"));
}
