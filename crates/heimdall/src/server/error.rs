use std::{io, net::SocketAddr};

/// A port is taken, or must not be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}; another port can be chosen with `{setting}` ({origin})", reason(source))]
pub struct ListenError {
    /// Where the service would have listened.
    pub address: SocketAddr,
    /// The key of the configuration that says so.
    pub setting: &'static str,
    /// Where its value came from.
    pub origin: String,
    /// What the system says.
    pub source: io::Error,
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is taken by another program".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use the port".to_owned(),
        _ => error.to_string(),
    }
}
