use axum::Router;
use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;

use crate::audit::audit;
use crate::{Api, catalog, discovery, problems, removals, tasks, templates};

/// What needs no token: descriptions of the API, pages of problems, and the page that says where everything is. The
/// rest of what a listener serves (health, metrics) is the foundation's.
pub const PUBLIC: [&str; 4] = ["/", "/discovery/*", "/problems", "/problems/*"];

/// The API's routes, without the layers that go around a host.
pub fn routes(api: Api) -> Router {
    let (router, description) = operations().split_for_parts();
    let names = api.names.clone();
    router
        .layer(from_fn(audit))
        .with_state(api)
        .merge(discovery::routes(&discovery::complete(description), &names))
        .merge(problems::catalog().routes())
}

/// All operations with their descriptions.
pub(crate) fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .merge(tasks::routes())
        .merge(templates::routes())
        .merge(catalog::routes())
        .merge(removals::routes())
}
