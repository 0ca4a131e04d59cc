//! heimdall's whole HTTP stack on a route that does nothing, beside bare axum, and what each part of it costs.
//!
//! Each step of the stack is a server in a process of its own. Requests per second say what a caller sees; the processor
//! time that the servers themselves take for a request says what a part costs, whoever else uses the machine.

mod measured;
mod meter;
mod route;
mod server;
mod service;
mod stage;
mod step;

use std::time::Duration;

use anyhow::Result;

use self::measured::{describe, figures};
use self::stage::{CONNECTIONS, Stage};
use crate::figure::Figure;

pub(crate) use self::server::{NAME as SERVER, serve};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_secs(1);

/// Measures all steps in turn; medians over the rounds.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    // As many threads as the servers have: a client that has less than a server to give would be what is measured.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stage = Stage::set().await?;
        stage.round(WARM_UP).await?;
        let mut rounds = Vec::new();
        for number in 1..=ROUNDS {
            let round = stage.round(ROUND).await?;
            eprintln!("http, round {number}: {}", describe(&round));
            rounds.push(round);
        }
        Ok(figures(&rounds, CONNECTIONS))
    })
}
