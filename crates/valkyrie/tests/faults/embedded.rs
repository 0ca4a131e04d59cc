//! `SQLite` and the embedded log: one process, `valkyrie dev`.

use std::process::Command;
use std::sync::Arc;

use heimdall::clock::SystemClock;
use heimdall::database::{Database, DatabaseConfig};
use heimdall::messaging::embedded::{EmbeddedConfig, EmbeddedLog};
use heimdall::testing::free_port;

use crate::client::Client;
use crate::process::{Processes, valkyrie};
use crate::topic::Topic;

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_tasks_run() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (place, port) = (data.display().to_string(), free_port().unwrap());
    let dev = {
        let place = place.clone();
        move || valkyrie(&["dev", "--data-dir", &place, "--port", &port.to_string()])
    };
    let url = format!("http://127.0.0.1:{port}");

    let mut processes = Processes::new(vec![Box::new(dev)]);
    // The key and the tables must be there before there is a token and a topic to look at.
    processes.start();
    Client::new(url.clone(), String::new()).get("/healthz/readiness").await;
    let client = Client::new(url, token(&place));
    let database = format!("sqlite:{}", data.join("valkyrie.db").display());
    let database = Database::connect(&DatabaseConfig::at(database)).await.unwrap();
    let log = EmbeddedLog::new(database, Arc::new(SystemClock), EmbeddedConfig::default()).unwrap();
    let topic = Topic { log: Arc::new(log), may_repeat: false };
    processes.kill();
    crate::killed_at_random_moments(processes, client, topic).await;
}

/// A token of the running instance, for an hour.
fn token(data: &str) -> String {
    let token = Command::new(env!("CARGO_BIN_EXE_valkyrie")).args(["token", "--data-dir", data]).output().unwrap();
    assert!(token.status.success(), "{token:?}");
    String::from_utf8(token.stdout).unwrap().trim().to_owned()
}
