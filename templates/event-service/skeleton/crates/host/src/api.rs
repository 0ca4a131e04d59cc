use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::{Item, Tally};
use heimdall::auth::Caller;
use heimdall::database::DatabaseError;
use heimdall::http::{Cursor, Json, Limit, Page, Path, Problem, Query};
use infrastructure::{Tallies, TalliesError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The permission to look at tallies; a scope of the same name grants it.
pub(crate) const READ: &str = "tallies:read";

/// What cursors of the list belong to.
const LIST: &str = "tallies";

pub(crate) fn routes(tallies: Tallies) -> Router {
    Router::new().route("/api/v1/tallies", get(list)).route("/api/v1/tallies/{item}", get(show)).with_state(tallies)
}

/// A tally, as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TallyView {
    item: String,
    quantity: u64,
    changed_at: DateTime<Utc>,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        Self { item: tally.item().to_string(), quantity: tally.quantity(), changed_at: tally.changed_at() }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListQuery {
    #[serde(default)]
    limit: Limit,
    cursor: Option<String>,
}

async fn list(
    caller: Caller,
    State(tallies): State<Tallies>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<TallyView>>, Problem> {
    caller.require(READ)?;
    let after = query.cursor.map(|cursor| Cursor::position::<String>(LIST, &cursor)).transpose()?;
    let rows = tallies.list(after.as_deref(), query.limit.to_fetch()).await.map_err(|error| problem(&error))?;
    let page = Page::of(rows, query.limit, LIST, |tally| tally.item().to_string());
    Ok(Json(page.map(TallyView::from)))
}

async fn show(
    caller: Caller,
    State(tallies): State<Tallies>,
    Path(item): Path<String>,
) -> Result<Json<TallyView>, Problem> {
    caller.require(READ)?;
    let missing = || Problem::not_found("nothing has come in of this item");
    let item = Item::parse(&item).map_err(|_| missing())?;
    let found = tallies.find(&item).await.map_err(|error| problem(&error))?;
    found.map(|tally| Json(tally.into())).ok_or_else(missing)
}

fn problem(error: &TalliesError) -> Problem {
    match error {
        TalliesError::Database(cause) if DatabaseError::is_transient(cause) => {
            Problem::unavailable("the database is not available", Duration::from_secs(1))
        }
        other => Problem::internal(other),
    }
}
