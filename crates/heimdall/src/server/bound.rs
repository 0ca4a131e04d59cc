use std::net::SocketAddr;

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Layers, Limits, connections};
use crate::shutdown::Shutdown;

/// An open port and all that is served there.
pub(crate) struct BoundListener {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    listener: TcpListener,
    router: Router,
}

impl BoundListener {
    pub(super) fn new(address: SocketAddr, listener: TcpListener, router: Router) -> Self {
        Self { address, listener, router }
    }

    /// Puts layers around everything.
    pub(crate) fn inside(self, layers: Layers) -> Self {
        Self { router: layers.around(self.router), ..self }
    }

    /// Serves until shutdown is requested; then no connection is accepted any more, and running requests come to their
    /// end.
    pub(crate) fn serve(self, limits: Limits, shutdown: Shutdown) -> JoinHandle<()> {
        tokio::spawn(connections::serve(self.listener, self.router, limits, shutdown))
    }
}
