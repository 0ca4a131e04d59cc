//! What a service tells about itself, seen from outside its process.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::child::{Said, signal, spawn, wait_until_ready};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Asks the child for `/audited` within the trace, stops it, and gives back the answer and the log lines.
async fn traced(variables: &[(&str, &str)]) -> (String, Vec<String>) {
    let mut child = spawn(variables);
    let mut said = Said::by(&mut child);
    let address = said.after("listens at http://");
    let ready = address.clone();
    tokio::task::spawn_blocking(move || wait_until_ready(&ready)).await.unwrap();
    let request = reqwest::Client::new().get(format!("http://{address}/audited"));
    let request = request.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    let answer = request.send().await.unwrap().text().await.unwrap();
    signal(&child, "-TERM");
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let wait = move || {
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let mut text = String::new();
        lines.read_to_string(&mut text).unwrap();
        text.as_bytes().lines().map(Result::unwrap).collect()
    };
    (answer, tokio::task::spawn_blocking(wait).await.unwrap())
}

#[tokio::test]
async fn traces_come_in_go_on_and_are_sent_before_the_end() {
    let collector = MockServer::start().await;
    let traces =
        Mock::given(method("POST")).and(path("/v1/traces")).and(header("content-type", "application/x-protobuf"));
    traces.respond_with(ResponseTemplate::new(200)).mount(&collector).await;

    let (answer, _) = traced(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.uri())]).await;

    assert!(answer.starts_with(&format!("00-{TRACE}-")) && !answer.contains("b7ad6b7169203331"), "{answer}");
    let sent: Vec<u8> = collector.received_requests().await.unwrap().into_iter().flat_map(|sent| sent.body).collect();
    let contains = |bytes: &[u8]| sent.windows(bytes.len()).any(|window| window == bytes);
    assert!(contains(&hex::decode(TRACE).unwrap()), "the trace's id");
    assert!(contains(b"GET /audited") && contains(b"shop"), "the span's and the service's name");
    // The attribute with its value, the integer 200, as protobuf has it.
    assert!(contains(b"http.response.status_code\x12\x03\x18\xc8\x01"), "the status");
}

#[tokio::test]
async fn log_lines_are_json_with_their_trace_and_audit_lines_cannot_be_filtered_away() {
    let (answer, lines) = traced(&[("RUST_LOG", "off")]).await;
    assert!(answer.starts_with(&format!("00-{TRACE}-")), "there is a trace without an exporter: {answer}");
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["target"], "audit");
    assert_eq!(
        [&line["actor"], &line["action"], &line["object"], &line["outcome"]],
        ["issuer ann", "thing.delete", "7", "done"]
    );
    assert_eq!(line["trace_id"], TRACE);
    assert_eq!(line["span_id"].as_str().unwrap(), answer.split('-').nth(2).unwrap());
}

#[tokio::test]
async fn a_collector_that_is_away_does_not_hold_up_the_end() {
    let started = std::time::Instant::now();
    let (answer, _) = traced(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")]).await;
    assert!(answer.starts_with("00-"));
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
