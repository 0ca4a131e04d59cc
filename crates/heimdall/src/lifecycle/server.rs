use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{CompositionError, Service, Shutdown, connections};
use crate::{
    health::{self, Registry},
    http::{Layers, Limits, Problem},
};

/// An open port and all that is served there.
pub(super) struct BoundListener {
    pub(super) address: SocketAddr,
    listener: TcpListener,
    router: Router,
}

/// Opens the public listener (if anything is to be served there) and the admin listener (unless it is shared with the
/// public one).
pub(super) fn open(service: &Service, shared: bool) -> Result<[Option<BoundListener>; 2], CompositionError> {
    let health = service.health();
    let operations = health::routes(health, true).merge(service.metrics().routes());
    let mut admin = service.admin();
    admin.serve(operations);
    let mut public = service.public();
    if shared {
        public.serve(admin.take_routes());
    } else if public.is_used() {
        public.serve(health::routes(health, false));
    }
    let config = service.config();
    let public = public.take(config)?;
    let public = public.map(|place| Ok::<_, CompositionError>(place.inside(service.public_layers()?))).transpose()?;
    Ok([public, admin.take(config)?.map(|place| place.inside(service.admin_layers()))])
}

impl BoundListener {
    pub(super) fn new(address: SocketAddr, listener: TcpListener, router: Router) -> Self {
        Self { address, listener, router }
    }

    /// Puts layers around everything.
    fn inside(self, layers: Layers) -> Self {
        Self { router: layers.around(self.router), ..self }
    }

    /// Serves until shutdown is requested; then no connection is accepted any more, and running requests come to their
    /// end.
    pub(super) fn serve(self, limits: Limits, shutdown: Shutdown) -> JoinHandle<()> {
        tokio::spawn(connections::serve(self.listener, self.router, limits, shutdown))
    }
}

/// Answers 503 as long as the service is not prepared: its tables may not be there yet.
pub(super) fn when_started(router: Router, health: &Registry) -> Router {
    // axum refuses a layer for no routes.
    if router.has_routes() { router.route_layer(middleware::from_fn_with_state(health.clone(), gate)) } else { router }
}

async fn gate(State(health): State<Registry>, request: Request, next: Next) -> Response {
    if health.is_started() {
        return next.run(request).await;
    }
    Problem::unavailable("the service is starting", Duration::from_secs(1)).into_response()
}
