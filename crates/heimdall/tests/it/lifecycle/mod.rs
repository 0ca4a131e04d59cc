//! Start, health, supervision and drain, seen from outside.

mod access;
mod asyncapi;
mod connections;
mod data;
mod describe;
mod drain;
mod events;
mod health;
mod listen;
mod messaging;
mod process;
mod rotation;
mod supervision;

use std::time::Duration;

use axum::handler::Handler;
use heimdall::{
    config::{Config, ConfigBuilder},
    lifecycle::{CompositionError, Host, Running, Service},
    routes::{HttpMethod, Routes, public},
};
use serde_json::Value;

/// No file, no variables, free ports.
fn config() -> ConfigBuilder {
    let none: [(&str, &str); 0] = [];
    Config::builder("shop").folder("/nonexistent").environment(none).default("http.port", 0).default("admin.port", 0)
}

/// A handler of GET that is open to all.
fn open<H: Handler<T, ()>, T: 'static>(path: &str, handler: H) -> Routes {
    Routes::new().undocumented(public(), HttpMethod::Get, path, handler)
}

async fn start(compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>) -> Running {
    Host::new(config()).start(compose).await.unwrap()
}

/// The status and the JSON body of a GET of `path`, on the public listener or on the admin one (`admin/…`).
async fn get(running: &Running, path: &str) -> (u16, Value) {
    let (address, path) = match path.strip_prefix("admin") {
        Some(path) => (running.admin_address(), path),
        None => (running.address(), path),
    };
    let response = reqwest::get(format!("http://{}{path}", address.unwrap())).await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

/// Polls until `condition` holds, for ten seconds at most.
async fn eventually<T>(mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let poll = async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), poll).await.expect("it did not happen within ten seconds")
}
