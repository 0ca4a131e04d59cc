use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

use crate::{health::Registry, http::Problem, routes::Routes};

/// Answers 503 as long as the service is not prepared: its tables may not be there yet.
pub(crate) fn when_started(routes: Routes, health: &Registry) -> Routes {
    routes.route_layer(middleware::from_fn_with_state(health.clone(), gate))
}

async fn gate(State(health): State<Registry>, request: Request, next: Next) -> Response {
    if health.is_started() {
        return next.run(request).await;
    }
    Problem::unavailable("the service is starting", Duration::from_secs(1)).into_response()
}
