//! Connections that want to stay for ever.

use std::time::Duration;

use heimdall::lifecycle::{Host, Running};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{config, get, open};

const TEST_TIMEOUT: Duration = Duration::from_secs(10);
const HALF: &str = "GET / HTTP/1.1\r\nHost: shop\r\nX-";
const WHOLE: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

async fn start(limit: &str, value: u32) -> Running {
    let host = Host::new(config().default(limit, value));
    let running = host
        .start(async |service| {
            service.routes(open("/", async || "\"hello\""));
            Ok(())
        })
        .await
        .unwrap();
    running.ready().await;
    running
}

async fn send(running: &Running, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(running.address().unwrap()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// What comes until the connection is closed.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    // Closed is closed, be it with a reset.
    let _ = timeout(TEST_TIMEOUT, stream.read_to_string(&mut text)).await.expect("the connection is closed");
    text
}

#[tokio::test]
async fn half_a_request_is_given_up() {
    let running = start("http.limits.header_seconds", 1).await;
    let (half, nothing) = (send(&running, HALF).await, send(&running, "").await);
    assert_eq!((rest(half).await, rest(nothing).await), (String::new(), String::new()));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn half_requests_do_not_hold_up_the_end() {
    let running = start("http.limits.header_seconds", 300).await;
    let (half, nothing) = (send(&running, HALF).await, send(&running, "").await);
    let kept = send(&running, &format!("{WHOLE}{HALF}")).await;
    // They are accepted in their order: when this one is answered, those are there.
    assert_eq!(get(&running, "/").await.0, 200);
    timeout(TEST_TIMEOUT, running.stop()).await.expect("it does not wait for the other halves").unwrap();
    assert_eq!((rest(half).await, rest(nothing).await), (String::new(), String::new()));
    assert!(rest(kept).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_their_turn() {
    let running = start("http.limits.connections", 1).await;
    let mut first = send(&running, WHOLE).await;
    let mut answer = [0; 12];
    timeout(TEST_TIMEOUT, first.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");

    let mut second = send(&running, WHOLE).await;
    let early = timeout(Duration::from_millis(200), second.read_exact(&mut answer)).await;
    assert!(early.is_err(), "the first connection has the only place");
    drop(first);
    timeout(TEST_TIMEOUT, second.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    drop(second);
    running.stop().await.unwrap();
}
