use axum::middleware::from_fn;
use heimdall::routes::Routes;

use crate::api::Api;
use crate::audit::audit;
use crate::{catalog, removals, tasks, templates};

/// All operations, each change with its audit line.
pub(crate) fn operations() -> Routes<Api> {
    tasks::routes()
        .merge(templates::routes())
        .merge(catalog::routes())
        .merge(removals::routes())
        .route_layer(from_fn(audit))
}
