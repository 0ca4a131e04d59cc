//! `POST /api/v1/scaffold-tasks` on Postgres, beside a bare axum and sqlx handler that inserts the same rows.
//!
//! Valkyrie is the release binary with all that production has: tokens are checked, parameters validated, every request
//! has its span, metrics, request id and audit line, and task, history and outbox are written. The baseline has none of
//! that. Both are processes of their own on one Postgres server, each with a database of the same schema.

mod baseline;
mod database;
mod requests;
mod rows;
mod shared;
mod stage;

use std::time::Duration;

use anyhow::Result;

use self::stage::{CONNECTIONS, Stage};
use crate::figure::{Figure, median};
use crate::load::Round;

pub(crate) use self::baseline::{NAME as BASELINE, serve as serve_baseline};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(5);
/// Long enough that pools are full and pages of the tables are in memory.
const WARM_UP: Duration = Duration::from_secs(3);

const BESIDE: &str = "bare axum + sqlx, the same rows in one transaction";

/// Measures both in turn; medians over the rounds.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    // One thread is enough for the client, which shares the machine with what it measures.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let stage = Stage::set().await?;
        stage.valkyrie(WARM_UP).await?;
        stage.baseline(WARM_UP).await?;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            ours.push(stage.valkyrie(ROUND).await?);
            bare.push(stage.baseline(ROUND).await?);
            if let (Some(ours), Some(bare)) = (ours.last(), bare.last()) {
                eprintln!("api, round {round}: {ours}, bare {bare}");
            }
        }
        stage.check().await?;
        Ok(figures(&ours, &bare))
    })
}

fn figures(ours: &[Round], bare: &[Round]) -> Vec<Figure> {
    let figure = |name: &str, unit, of: fn(&Round) -> f64| Figure {
        name: format!("POST scaffold-tasks, {CONNECTIONS} connections{name}"),
        value: median(ours.iter().map(of).collect()),
        unit,
        baseline: BESIDE,
        baseline_value: median(bare.iter().map(of).collect()),
    };
    vec![
        figure("", "requests/s", Round::rate),
        figure(", p50", "ms", |round| round.quantile(0.5)),
        figure(", p99", "ms", |round| round.quantile(0.99)),
    ]
}
