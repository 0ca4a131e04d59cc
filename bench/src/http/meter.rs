//! The processor time that a server has taken so far, on a port of its own, so that what is measured stays as it is.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use rustix::time::{ClockId, clock_gettime};

use crate::load::{Connection, Target};

pub(super) const PATH: &str = "/cpu";

/// Answers from a thread of its own until the process ends.
pub(super) fn start(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        let router = Router::new().route(PATH, get(async || nanoseconds().to_string()));
        runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await })
    });
    Ok(())
}

/// Of all threads of this process, in user and in kernel mode.
fn nanoseconds() -> u128 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default()).as_nanos()
}

/// What the server has taken so far, in microseconds.
pub(super) async fn read(port: u16) -> Result<f64> {
    let target = Target { port, method: "GET", path: PATH, token: String::new(), status: 200 };
    let mut connection = Connection::open(&target).await?;
    let answer = std::str::from_utf8(connection.ask("").await?)?;
    let nanoseconds: f64 = answer.parse().with_context(|| format!("the meter says `{answer}`"))?;
    Ok(nanoseconds / 1000.0)
}
