//! The servers that the group `http` measures: each does the same, and those with tokens let nobody in without one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use heimdall::clock::SystemClock;
use heimdall::testing::{FakeIssuer, KeyKind, free_port};

/// Stopped when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The status line, and the whole answer.
fn ask(port: u16, path: &str, token: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let credentials = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{credentials}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn start(step: &str, issuer: &str) -> (Server, u16, u16) {
    let (port, meter) = (free_port().unwrap(), free_port().unwrap());
    let settings = serde_json::json!({"step": step, "port": port, "meter": meter, "issuer": issuer}).to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command.arg("http-server").env("BENCH_HTTP_SERVER", settings).current_dir(std::env::temp_dir());
    let lines = tempfile::NamedTempFile::new().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(lines.reopen().unwrap());
    let server = Server(command.spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(30);
    while ask(meter, "/cpu", "").is_err() || ask(port, "/api/v1/nothing", "").is_err() {
        let said = || std::fs::read_to_string(lines.path()).unwrap_or_default();
        assert!(Instant::now() < deadline, "the server of the step `{step}` did not come up: {}", said());
        std::thread::sleep(Duration::from_millis(10));
    }
    (server, port, meter)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_answers_the_same_and_tells_its_processor_time() {
    let issuer = FakeIssuer::start(KeyKind::Es256, Arc::new(SystemClock)).await.unwrap();
    let token = issuer.token("bench").scope("nothing:read").sign().unwrap();
    let weak = issuer.token("bench").sign().unwrap();
    for (step, guarded, has_id) in [
        ("bare", false, false),
        ("layers", false, true),
        ("metrics", false, true),
        ("spans", false, true),
        ("tokens", true, true),
        ("service", true, true),
    ] {
        let (_server, port, meter) = start(step, issuer.url());
        let before: u128 = body(&ask(meter, "/cpu", "").unwrap()).parse().unwrap();
        let answer = ask(port, "/api/v1/nothing", &token).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{step}: {answer}");
        assert_eq!(body(&answer), "nothing", "{step}");
        assert_eq!(answer.contains("x-request-id: "), has_id, "{step}: {answer}");
        let status = |token: &str| ask(port, "/api/v1/nothing", token).unwrap()[9..12].to_owned();
        let (without, with_weak) = if guarded { ("401", "403") } else { ("200", "200") };
        assert_eq!((status("").as_str(), status(&weak).as_str()), (without, with_weak), "{step}");
        let after: u128 = body(&ask(meter, "/cpu", "").unwrap()).parse().unwrap();
        assert!(after > before, "{step}: the processor time went from {before} to {after}");
    }
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}
