//! The process around a service: signals and exit codes. The child is this test binary, asked for one ignored test.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
};

use axum::{Router, routing::get};
use heimdall::lifecycle::Service;

/// A service that says where it is, and has a request that never ends.
fn service() -> ExitCode {
    heimdall::run("shop", async |service: &Service| {
        let url = service.public_url()?;
        let hang = async || {
            println!("hangs");
            std::future::pending::<()>().await;
        };
        service.serve(Router::new().route("/hang", get(hang)));
        service.public_paths(&["/hang"]);
        println!("listens at {url}");
        Ok(())
    })
}

#[test]
#[ignore = "the child process of the tests below"]
fn child() {
    let code = if service() == ExitCode::SUCCESS { 0 } else { 3 };
    std::process::exit(code);
}

fn spawn(variables: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lifecycle::process::child", "--ignored", "--nocapture"])
        .env("SHOP__HTTP__PORT", "0")
        .env("SHOP__ADMIN__PORT", "0")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the child says, line by line.
struct Said(std::io::Lines<BufReader<ChildStdout>>);

impl Said {
    fn by(child: &mut Child) -> Self {
        Self(BufReader::new(child.stdout.take().unwrap()).lines())
    }

    /// What follows `word` in the next line that has it.
    fn after(&mut self, word: &str) -> String {
        let mut found =
            self.0.by_ref().filter_map(|line| line.unwrap().split_once(word).map(|(_, rest)| rest.to_owned()));
        found.next().unwrap_or_else(|| panic!("the child never said {word:?}"))
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Asks for `path` and leaves the connection open.
fn request(address: &str, path: &str) -> std::net::TcpStream {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    stream
}

fn wait_until_ready(address: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let mut answer = [0; 12];
        request(address, "/healthz/readiness").read_exact(&mut answer).unwrap();
        if &answer == b"HTTP/1.1 200" {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "not ready within ten seconds");
    }
}

#[test]
fn sigterm_and_sigint_drain_and_end_with_0() {
    for name in ["-TERM", "-INT"] {
        let mut child = spawn(&[]);
        let address = Said::by(&mut child).after("listens at http://");
        wait_until_ready(&address);
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut child = spawn(&[("SHOP__TELEMETRY__LOG_FORMAT", "json")]);
    let mut said = Said::by(&mut child);
    let address = said.after("listens at http://");
    wait_until_ready(&address);
    let _hanging = request(&address, "/hang");
    said.after("hangs");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    signal(&child, "-TERM");
    assert!(lines.any(|line| line.contains("\"signal\":\"SIGTERM\"")));
    assert_eq!(child.try_wait().unwrap(), None, "the request still runs");
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn a_wrong_configuration_is_explained_on_standard_error() {
    let child = spawn(&[("SHOP__HTTP__PRT", "1"), ("SHOP__HTTP__LIMITS__BODY_BYTES", "many")]);
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(error.starts_with("error: the configuration of shop has 2 errors\n"), "{error}");
    assert!(error.contains("http.prt (SHOP__HTTP__PRT): there is no such key; did you mean `http.port`?"), "{error}");
}
