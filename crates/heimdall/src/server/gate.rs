use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

use crate::{health::Registry, http::Problem};

/// Answers 503 as long as the service is not prepared: its tables may not be there yet.
pub(crate) fn when_started(router: Router, health: &Registry) -> Router {
    // axum refuses a layer for no routes.
    if router.has_routes() { router.route_layer(middleware::from_fn_with_state(health.clone(), gate)) } else { router }
}

async fn gate(State(health): State<Registry>, request: Request, next: Next) -> Response {
    if health.is_started() {
        return next.run(request).await;
    }
    Problem::unavailable("the service is starting", Duration::from_secs(1)).into_response()
}
