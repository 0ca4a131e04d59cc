use std::time::Duration;

use crate::{health::Registry, http::Problem, routes::Routes};

/// Answers 503 as long as the service is not prepared: its tables may not be there yet.
pub(crate) fn when_started(routes: Routes, health: &Registry) -> Routes {
    let health = health.clone();
    routes.on_condition(move || {
        let starting = || Problem::unavailable("the service is starting", Duration::from_secs(1));
        health.is_started().then_some(()).ok_or_else(starting)
    })
}
