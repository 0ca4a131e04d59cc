//! Sections `http` and `admin` of the configuration: where a service listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Limits;
use crate::config::{Section, Violation};

/// Section `http`: the public listener.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HttpConfig {
    /// The address to listen on; `127.0.0.1` unless told, so that nothing is reachable by accident.
    pub address: IpAddr,
    /// The port; 0 picks a free one and says which.
    pub port: u16,
    /// Where others reach this service; `http://127.0.0.1:<port>` unless told.
    pub public_url: Option<Url>,
    /// How much is let in.
    pub limits: Limits,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 8080, public_url: None, limits: Limits::default() }
    }
}

impl HttpConfig {
    /// The address to listen on.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

impl Section for HttpConfig {
    const PATH: &'static str = "http";

    fn validate(&self) -> Vec<Violation> {
        let web = self.public_url.as_ref().is_none_or(|url| matches!(url.scheme(), "http" | "https"));
        let checks = [
            Violation::unless(web, "public_url", "must start with http:// or https://"),
            Violation::unless(self.limits.connections > 0, "limits.connections", "must be more than 0"),
            Violation::unless(self.limits.header_seconds > 0, "limits.header_seconds", "must be more than 0"),
            Violation::unless(self.limits.body_bytes > 0, "limits.body_bytes", "must be more than 0"),
            Violation::unless(self.limits.request_seconds > 0, "limits.request_seconds", "must be more than 0"),
            Violation::unless(self.limits.requests_in_flight > 0, "limits.requests_in_flight", "must be more than 0"),
        ];
        checks.into_iter().flatten().collect()
    }
}

/// Section `admin`: the listener for metrics and the details of health. It has no authentication, so it is not for
/// the public.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AdminConfig {
    /// The address to listen on.
    pub address: IpAddr,
    /// The port; 0 picks a free one and says which.
    pub port: u16,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 8081 }
    }
}

impl AdminConfig {
    /// The address to listen on.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

impl Section for AdminConfig {
    const PATH: &'static str = "admin";
}
