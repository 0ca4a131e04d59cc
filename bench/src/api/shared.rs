//! What the baseline's requests have in common.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;

/// What it is told.
#[derive(Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) database: String,
    pub(super) connections: u32,
    pub(super) port: u16,
    pub(super) path: String,
    /// A task of Valkyrie: what is in its rows beside what was asked for goes into the baseline's rows, too.
    pub(super) sample: Value,
    /// Who asks: the issuer and the subject of the token.
    pub(super) caller: [String; 2],
}

/// What all requests have in common.
pub(super) struct Shared {
    pub(super) pool: PgPool,
    pub(super) settings: Settings,
}
