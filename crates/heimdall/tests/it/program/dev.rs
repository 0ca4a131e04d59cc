//! `tally dev`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::ChildStdout,
};

use reqwest::StatusCode;

use super::{Ended, Stopped, run, tally};
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

    async fn ask(&self, token: &str) -> StatusCode {
        let request = reqwest::Client::new().get(format!("{}/tallies", self.url)).bearer_auth(token.trim());
        request.send().await.unwrap().status()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_runs_with_nothing_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let mut dev = Dev::start(folder.path());
    assert!(dev.greeting.contains("tally 1.2.3 is ready, after "), "{}", dev.greeting);
    assert!(dev.greeting.contains("  Metrics    http://127.0.0.1:") && dev.greeting.contains("  Data       .tally\n"));
    assert!(dev.greeting.contains(&format!("  OpenAPI    {}/discovery/v1/openapi\n", dev.url)), "{}", dev.greeting);
    assert!(dev.greeting.contains(&format!(" token)\" {}/tallies\n", dev.url)), "it proposes to ask: {}", dev.greeting);
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
    assert!(wrong.stderr.contains("no permission `tally:read`: expected one of tallies:read, tallies:write"));
    let long = run(folder.path(), &["token", "--ttl", "2h"]);
    assert!(long.code == 2 && long.stderr.contains("from 1s to 1h"), "{}", long.stderr);

    let second = run(folder.path(), &["dev", "--port", "0"]);
    assert_eq!(second.code, 3);
    assert!(second.stderr.contains("another `tally dev` is using .tally") && second.stderr.contains(&dev.url));
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
