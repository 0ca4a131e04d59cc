//! Ports for programs that a test starts.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::TcpListener;
use std::ops::Range;

/// Below those that systems give to whoever names none (Linux from 32768 on, others from 49152): what is free among
/// them is not taken by a connection that somebody opens meanwhile.
const PORTS: Range<u16> = 10_000..32_000;
const ATTEMPTS: u64 = 100;

/// A port of the loopback address that nobody listens on, for a program that has to be told one before it starts.
/// Where a program can take port 0, that is better.
///
/// # Errors
/// If a hundred ports that were tried are all taken; the error is that of the last one.
///
/// ```
/// let port = heimdall::testing::free_port()?;
/// std::net::TcpListener::bind(("127.0.0.1", port))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn free_port() -> io::Result<u16> {
    let random = RandomState::new();
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for attempt in 0..ATTEMPTS {
        let offset = random.hash_one(attempt) % u64::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(offset).unwrap_or_default();
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => taken = error,
        }
    }
    Err(taken)
}
