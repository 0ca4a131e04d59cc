use std::sync::Arc;

use application::Ids;
use heimdall::database::Database;
use heimdall::wake::Wake;

use crate::events::Events;
use crate::vault::Vault;

/// What the store and its units of work are made of.
#[derive(Clone)]
pub(crate) struct Resources {
    pub(crate) database: Database,
    pub(crate) vault: Vault,
    pub(crate) events: Arc<Events>,
    pub(crate) ids: Ids,
    /// Woken after each commit that left something in the outbox.
    pub(crate) wake: Wake,
}
