//! Whether a server really answers: an open port alone says little.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::ops::Range;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Below those that the system gives to connections: what is free among them is not taken by somebody's connection
/// while the server starts.
const PORTS: Range<u16> = 10_000..32_000;
const ATTEMPTS: u64 = 100;

/// A loopback port that nobody uses now.
pub(super) fn free_port() -> Option<u16> {
    let random = RandomState::new();
    let offset = |attempt| random.hash_one(attempt) % u64::from(PORTS.end - PORTS.start);
    (0..ATTEMPTS)
        .filter_map(|attempt| PORTS.start.checked_add(offset(attempt).try_into().ok()?))
        .find(|&port| is_free(port))
}

/// Whether nobody listens on this loopback port.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// Asks a Kafka broker for its metadata: true once it names at least one broker of the cluster.
pub(super) fn kafka(address: &str) -> bool {
    // Metadata, version 4, for no topics: what it answers is the list of brokers.
    let mut body = Vec::new();
    body.extend(3_i16.to_be_bytes());
    body.extend(4_i16.to_be_bytes());
    body.extend(1_i32.to_be_bytes()); // correlation id
    body.extend(5_i16.to_be_bytes());
    body.extend(b"xtask");
    body.extend(0_i32.to_be_bytes()); // no topics
    body.push(0); // and none are to be made
    let ask = || -> Option<i32> {
        let mut stream = connect(address)?;
        stream.write_all(&u32::try_from(body.len()).ok()?.to_be_bytes()).ok()?;
        stream.write_all(&body).ok()?;
        // Length, correlation id, throttle time, and then how many brokers there are.
        let mut answer = [0_u8; 16];
        stream.read_exact(&mut answer).ok()?;
        Some(i32::from_be_bytes([answer[12], answer[13], answer[14], answer[15]]))
    };
    ask().is_some_and(|brokers| brokers > 0)
}

/// Whether `PostgreSQL` takes connections, whoever asks: a server that is still starting refuses all with SQLSTATE
/// 57P03, one that serves asks for a password or refuses the user.
pub(super) fn postgres(address: &str) -> bool {
    let ask = || -> Option<Vec<u8>> {
        let mut stream = connect(address)?;
        let parameters = b"user\0valkyrie-probe\0database\0postgres\0\0";
        let length = u32::try_from(parameters.len() + 8).ok()?;
        stream.write_all(&length.to_be_bytes()).ok()?;
        stream.write_all(&196_608_u32.to_be_bytes()).ok()?; // protocol 3.0
        stream.write_all(parameters).ok()?;
        let mut answer = vec![0; 512];
        let length = stream.read(&mut answer).ok()?;
        answer.truncate(length);
        Some(answer)
    };
    let starting = |answer: &[u8]| answer.windows(6).any(|window| window == b"C57P03");
    ask().is_some_and(|answer| matches!(answer.first(), Some(b'E' | b'R')) && !starting(&answer))
}

/// The body that a plain HTTP server answers a GET with, if the status is 200.
pub(super) fn http(address: &str, path: &str) -> Option<String> {
    let mut stream = connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.split_whitespace().nth(1).filter(|status| *status == "200")?;
    Some(body.to_owned())
}

/// Whether this is an issuer that publishes its discovery document. `url` is `http://host:port/…`.
pub(super) fn issuer(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = format!("/{}/.well-known/openid-configuration", path.trim_end_matches('/'));
    http(address, &path).is_some_and(|body| body.contains("\"jwks_uri\""))
}

fn connect(address: &str) -> Option<TcpStream> {
    let address: SocketAddr = address.to_socket_addrs().ok()?.next()?;
    let stream = TcpStream::connect_timeout(&address, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    stream.set_write_timeout(Some(TIMEOUT)).ok()?;
    Some(stream)
}
