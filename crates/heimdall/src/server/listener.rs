use std::net::{SocketAddr, TcpListener};

use axum::Router;

use super::{ListenError, bound::BoundListener};
use crate::config::Config;

/// A place to listen on and what is served there.
pub(crate) struct Listener {
    setting: &'static str,
    socket: SocketAddr,
    bound: Option<TcpListener>,
    /// `None` while nothing is served.
    router: Option<Router>,
}

impl Listener {
    pub(crate) fn new(setting: &'static str, socket: SocketAddr) -> Self {
        Self { setting, socket, bound: None, router: None }
    }

    /// Adds routes to what is served.
    pub(crate) fn serve(&mut self, routes: Router) {
        self.router = Some(self.take_routes().merge(routes));
    }

    /// Takes everything away that was added.
    pub(crate) fn take_routes(&mut self) -> Router {
        self.router.take().unwrap_or_default()
    }

    /// Opens the port, unless it is open, and says which it is.
    pub(crate) fn open(&mut self, config: &Config) -> Result<SocketAddr, ListenError> {
        if let Some(bound) = &self.bound {
            return bound.local_addr().map_err(|source| self.error(config, source));
        }
        let bound = TcpListener::bind(self.socket).map_err(|source| self.error(config, source))?;
        bound.set_nonblocking(true).map_err(|source| self.error(config, source))?;
        let address = bound.local_addr().map_err(|source| self.error(config, source))?;
        self.socket = address;
        self.bound = Some(bound);
        Ok(address)
    }

    /// Opens the port for all that was added.
    pub(crate) fn take(&mut self, config: &Config) -> Result<Option<BoundListener>, ListenError> {
        let Some(router) = self.router.take() else { return Ok(None) };
        let address = self.open(config)?;
        let bound = self.bound.take().ok_or_else(|| std::io::ErrorKind::NotConnected.into());
        let listener =
            bound.and_then(tokio::net::TcpListener::from_std).map_err(|source| self.error(config, source))?;
        Ok(Some(BoundListener::new(address, listener, router)))
    }

    /// Where it listens, or would.
    pub(crate) fn socket(&self) -> SocketAddr {
        self.socket
    }

    fn error(&self, config: &Config, source: std::io::Error) -> ListenError {
        let origin = config.origin(self.setting).to_string();
        ListenError { address: self.socket, setting: self.setting, origin, source }
    }
}
