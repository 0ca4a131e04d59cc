use heimdall::http::Limit;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::IntoParams;

/// The parameters of a list that has no filters.
#[derive(Debug, Deserialize, JsonSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many at most.
    #[serde(default)]
    #[param(value_type = u32, minimum = 1, maximum = 100, required = false)]
    pub(crate) limit: Limit,
    /// The `nextCursor` of the page before.
    pub(crate) cursor: Option<String>,
}
