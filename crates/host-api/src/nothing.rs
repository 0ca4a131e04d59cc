use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;

/// Nothing is asked beside what the address says: an empty object, or no body at all.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}
