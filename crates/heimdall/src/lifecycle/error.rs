use std::{error::Error, net::IpAddr};

use crate::{
    auth::VerifierError, config::ConfigError, database::DatabaseError, routes::RouteError, server::ListenError,
    telemetry::TelemetryError,
};

/// Why a service could not be put together. Nothing of it runs then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompositionError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be opened, now or ever: an address that is none, a file that cannot be written.
    #[error("the database cannot be opened")]
    Database(#[from] DatabaseError),
    /// The log cannot be opened, now or ever.
    #[error("the log cannot be opened")]
    Log(#[source] Box<dyn Error + Send + Sync>),
    /// Callers cannot be verified.
    #[error("tokens cannot be verified")]
    Auth(#[from] VerifierError),
    /// A development issuer on an address that others can reach.
    #[error("tokens of a development issuer are only for this machine, but `http.address` is {address}")]
    DevelopmentIssuer {
        /// The address the service would listen on.
        address: IpAddr,
    },
    /// Telemetry cannot be started.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The routes can't be served together.
    #[error(transparent)]
    Routes(#[from] RouteError),
    /// The port is taken, or must not be used.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Something that the application could not do without.
    #[error(transparent)]
    Other(Box<dyn Error + Send + Sync>),
}

impl CompositionError {
    /// An error of the application's own.
    pub fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }
}
