//! A service in a process of its own: this test binary, asked for one ignored test.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use heimdall::{
    lifecycle::Service,
    program::Program,
    routes::{HttpMethod, Routes, public},
    telemetry::{AuditLine, TraceContext},
};

async fn audited() -> String {
    AuditLine::new("issuer ann", "thing.delete", "7").write();
    TraceContext::current().traceparent()
}

/// A service that says where it is, has a request that never ends, and one that leaves traces.
fn service() -> ExitCode {
    Program::from("shop").run(["shop"], async |service: &Service| {
        let url = service.public_url()?;
        let hang = async || {
            println!("hangs");
            std::future::pending::<()>().await;
        };
        let routes = Routes::new().undocumented(public(), HttpMethod::Get, "/hang", hang);
        service.routes(routes.undocumented(public(), HttpMethod::Get, "/audited", audited));
        println!("listens at {url}");
        Ok(())
    })
}

#[test]
#[ignore = "the child process of the tests"]
fn child() {
    let code = if service() == ExitCode::SUCCESS { 0 } else { 3 };
    std::process::exit(code);
}

pub(crate) fn spawn(variables: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child::child", "--ignored", "--nocapture"])
        .env("SHOP__HTTP__PORT", "0")
        .env("SHOP__ADMIN__PORT", "0")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the child says, line by line.
pub(crate) struct Said(std::io::Lines<BufReader<ChildStdout>>);

impl Said {
    pub(crate) fn by(child: &mut Child) -> Self {
        Self(BufReader::new(child.stdout.take().unwrap()).lines())
    }

    /// What follows `word` in the next line that has it.
    pub(crate) fn after(&mut self, word: &str) -> String {
        let mut found =
            self.0.by_ref().filter_map(|line| line.unwrap().split_once(word).map(|(_, rest)| rest.to_owned()));
        found.next().unwrap_or_else(|| panic!("the child never said {word:?}"))
    }
}

pub(crate) fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Asks for `path` and leaves the connection open.
pub(crate) fn request(address: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    stream
}

pub(crate) fn wait_until_ready(address: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let mut answer = [0; 12];
        request(address, "/healthz/readiness").read_exact(&mut answer).unwrap();
        if &answer == b"HTTP/1.1 200" {
            return;
        }
        assert!(Instant::now() < deadline, "not ready within ten seconds");
    }
}
