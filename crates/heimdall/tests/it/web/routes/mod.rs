//! Routes with their rules, and what every service has beside them.

mod document;
mod pages;
mod rules;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heimdall::{
    database::DatabaseError,
    http::{Json, OrNotFound as _, Path, Problem, ProblemType, Query},
    routes::{ApiDescription, PublicApi, Routes, any_caller, permission, public, routes},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const SOLD: ProblemType = ProblemType {
    slug: "sold",
    status: StatusCode::CONFLICT,
    title: "The thing is sold",
    explanation: "Somebody was faster.",
};

const ABOUT: ApiDescription = ApiDescription {
    title: "Things & more",
    version: "1.2.3",
    summary: "It keeps `things`.",
    license: "Apache-2.0",
    tags: &[("Things", "What there is")],
    ..ApiDescription::DEFAULT
};

#[derive(Clone)]
struct Things(Vec<&'static str>);

#[derive(Debug, Serialize, Deserialize, JsonSchema, ToSchema)]
struct Thing {
    id: String,
}

#[derive(Debug, Deserialize, JsonSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// How many at most.
    limit: Option<u32>,
}

/// List things.
#[utoipa::path(get, path = "/things", tag = "Things", params(Filter), responses((status = 200, description = "All", body = Vec<Thing>)))]
async fn list(State(Things(things)): State<Things>, Query(filter): Query<Filter>) -> Json<Vec<Thing>> {
    let limit = filter.limit.map_or(usize::MAX, |limit| limit as usize);
    Json(things.iter().take(limit).map(|id| Thing { id: (*id).to_owned() }).collect())
}

/// Make a thing.
#[utoipa::path(post, path = "/things", tag = "Things", request_body = Thing,
    responses((status = 201, description = "It is made", body = Thing), (status = 409, description = "It is sold")))]
async fn make(Json(thing): Json<Thing>) -> Result<(StatusCode, Json<Thing>), Problem> {
    if thing.id == "sold" {
        return Err(Problem::new(SOLD));
    }
    Ok((StatusCode::CREATED, Json(thing)))
}

/// Look at a thing.
#[utoipa::path(get, path = "/things/{id}", tag = "Things", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The thing", body = Thing)))]
async fn show(State(Things(things)): State<Things>, Path(id): Path<String>) -> Result<Json<Thing>, Problem> {
    let found = things.iter().find(|thing| **thing == id);
    let found = found.or_not_found_with(|| format!("there is no thing `{id}`"))?;
    Ok(Json(Thing { id: (*found).to_owned() }))
}

/// Who asks.
#[utoipa::path(get, path = "/who", responses((status = 200, description = "Who", body = String)))]
async fn who(caller: heimdall::auth::Caller) -> String {
    caller.subject
}

/// What this is.
#[utoipa::path(get, path = "/about", responses((status = 200, description = "A word", body = String)))]
async fn about(headers: HeaderMap) -> String {
    format!("things, {} headers", headers.len())
}

/// Count in the database, which is away.
#[utoipa::path(get, path = "/count", responses((status = 200, description = "The number", body = u64)))]
async fn count() -> Result<Json<u64>, Problem> {
    let away = DatabaseError::Unavailable { source: sqlx::Error::PoolTimedOut };
    Err(away)?
}

/// Count in a database that is not what it should be.
#[utoipa::path(get, path = "/broken", responses((status = 200, description = "The number", body = u64)))]
async fn broken() -> Result<Json<u64>, Problem> {
    Err(DatabaseError::Statement { source: sqlx::Error::RowNotFound })?
}

fn routes() -> Routes<Things> {
    Routes::new()
        .with(permission("things:read"), routes!(list, show))
        .with(permission("things:write"), routes!(make))
        .with(any_caller(), routes!(who))
        .with(public(), routes!(about, count, broken))
}

fn api() -> PublicApi {
    let routes = routes().with_state(Things(vec!["chair", "table"]));
    PublicApi::new("shop").routes(routes).describe(ABOUT).problems(&[SOLD])
}
