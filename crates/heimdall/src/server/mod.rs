//! The HTTP server: listeners, their connections, and the layers around every route.

mod bound;
mod config;
mod connections;
mod error;
mod gate;
mod layers;
mod limits;
mod listener;

pub(crate) use bound::BoundListener;
pub use config::{AdminConfig, HttpConfig};
pub use error::ListenError;
pub(crate) use gate::Gate;
pub use layers::{Access, HttpMetrics, Layers};
pub use limits::Limits;
pub(crate) use listener::Listener;
