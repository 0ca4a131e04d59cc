use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::extract::{MatchedPath, Request};

use crate::{health::Registry, http::Problem, routes::Routes};

/// Routes that answer 503 as long as the service is not prepared: its tables may not be there yet. Asked before anything that
/// is around a route, so that nothing of the service sees a request too early; once it is prepared, that is one flag.
#[derive(Clone)]
pub(crate) struct Gate {
    health: Registry,
    paths: Arc<BTreeSet<String>>,
}

impl Gate {
    /// The gate of those of the routes that wait.
    pub(crate) fn of(routes: &Routes, health: &Registry) -> Self {
        Self { health: health.clone(), paths: Arc::new(routes.gated_paths().map(str::to_owned).collect()) }
    }

    /// Refuses a request that comes too early for the route that it matched.
    pub(super) fn check(&self, request: &Request) -> Result<(), Problem> {
        let waits = |path: &MatchedPath| self.paths.contains(path.as_str());
        if self.health.is_started() || !request.extensions().get().is_some_and(waits) {
            return Ok(());
        }
        Err(Problem::unavailable("the service is starting", Duration::from_secs(1)))
    }
}
