use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::Tally;
use heimdall::http::{Json, OrNotFound as _, Page, Paging, Path, Problem, Query};
use heimdall::routes::{Routes, permission, routes};
use infrastructure::Tallies;
use serde::Serialize;
use utoipa::ToSchema;

/// The routes, each with who may use it.
pub(crate) fn routes() -> Routes<Tallies> {
    Routes::new().with(permission("tallies:read"), routes!(list_tallies, show_tally))
}

/// A tally, as it is shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TallyView {
    item: String,
    quantity: u64,
    changed_at: DateTime<Utc>,
}

/// List tallies by item.
#[utoipa::path(get, path = "/api/v1/tallies", params(Paging), responses((status = 200, body = Page<TallyView>)))]
async fn list_tallies(
    State(tallies): State<Tallies>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<TallyView>>, Problem> {
    let after = paging.after::<String>("tallies")?;
    let rows = tallies.list(after.as_deref(), paging.limit.to_fetch()).await?;
    let page = Page::of(rows, paging.limit, "tallies", |tally| tally.item.as_str().to_owned());
    Ok(Json(page.map(TallyView::from)))
}

/// Look at a tally.
#[utoipa::path(get, path = "/api/v1/tallies/{item}", responses((status = 200, body = TallyView)))]
async fn show_tally(State(tallies): State<Tallies>, Path(item): Path<String>) -> Result<Json<TallyView>, Problem> {
    Ok(Json(tallies.find(&item).await?.or_not_found()?.into()))
}

impl From<Tally> for TallyView {
    fn from(Tally { item, quantity, changed_at }: Tally) -> Self {
        Self { item: item.as_str().to_owned(), quantity, changed_at }
    }
}
