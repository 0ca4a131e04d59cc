//! The baseline: a handler as somebody writes it who only wants the rows in the database.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::postgres::PgPoolOptions;

use super::rows::{self, Task};
use super::shared::{Settings, Shared};

/// The word on the command line that starts it.
pub(crate) const NAME: &str = "api-baseline";
/// The environment variable that holds its [`Settings`], as JSON.
pub(super) const SETTINGS: &str = "BENCH_API_BASELINE";

#[derive(Deserialize)]
struct NewTask {
    parameters: Map<String, Value>,
}

/// Serves until the process is told to stop.
pub(crate) fn serve() -> Result<()> {
    let settings = std::env::var(SETTINGS).with_context(|| format!("{SETTINGS} is not set"))?;
    let settings: Settings = serde_json::from_str(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Without the question before each use whether a connection still works, which is one round trip more.
        let options = PgPoolOptions::new().max_connections(settings.connections).test_before_acquire(false);
        let pool = options.connect(&settings.database).await?;
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", settings.port)).await?;
        let router = Router::new().route(&settings.path, post(request)).route("/ready", get(|| async {}));
        axum::serve(listener, router.with_state(Arc::new(Shared { pool, settings }))).await?;
        Ok(())
    })
}

async fn request(
    State(shared): State<Arc<Shared>>,
    Json(new): Json<NewTask>,
) -> Result<(StatusCode, Json<Task>), (StatusCode, String)> {
    let failed = |error: sqlx::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let task = rows::insert(&shared, new.parameters).await.map_err(failed)?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}
