//! Postgres and Kafka: `valkyrie api` and `valkyrie worker`.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use heimdall::messaging::kafka::{KafkaConfig, KafkaLog};
use heimdall::testing::{TemporaryPostgres, free_port};
use reqwest::StatusCode;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::sleep;
use xtask::services::{Service, Services, State};

use crate::client::Client;
use crate::issuer::Issuer;
use crate::process::{Processes, valkyrie};
use crate::topic::Topic;

/// These tests stop the servers that all of them use: one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A deployment of its own: database, topics, processes. The topic is shared with other tests, the tasks are not.
struct Deployment {
    processes: Processes,
    client: Client,
    topic: Topic,
    worker_admin: String,
    _issuer: Issuer,
    _database: TemporaryPostgres,
    _turn: MutexGuard<'static, ()>,
}

impl Deployment {
    /// None without the servers.
    async fn prepare() -> Option<Self> {
        let Ok(brokers) = std::env::var("VALKYRIE_TEST_KAFKA_BROKERS") else {
            eprintln!("NOT RUN on Kafka: VALKYRIE_TEST_KAFKA_BROKERS is not set");
            return None;
        };
        let turn = ONE_AT_A_TIME.lock().await;
        let database = TemporaryPostgres::create().await?;
        let issuer = Issuer::start().await;
        let (port, api_admin, worker_admin) = (free_port().unwrap(), free_port().unwrap(), free_port().unwrap());
        let configured = {
            let (database, brokers, issuer) = (database.url.clone(), brokers.clone(), issuer.url());
            move |role: &[&str], admin: u16| -> Command {
                let mut command = valkyrie(role);
                command.env("DATABASE_URL", &database).env("VALKYRIE__LOG__ADAPTER", "kafka");
                command.env("VALKYRIE__KAFKA__BROKERS", &brokers).env("VALKYRIE__HTTP__PORT", port.to_string());
                command.env("VALKYRIE__ADMIN__PORT", admin.to_string()).env("VALKYRIE__AUTH__ISSUER", &issuer);
                command.env("VALKYRIE__AUTH__ALLOW_INSECURE_ISSUER", "true");
                command
            }
        };
        for command in [&["migrate"][..], &["topics", "apply"]] {
            assert!(configured(command, 0).status().unwrap().success(), "{command:?}");
        }
        let (api, worker) = (configured.clone(), configured);
        let processes = Processes::new(vec![
            Box::new(move || api(&["api"], api_admin)),
            Box::new(move || worker(&["worker"], worker_admin)),
        ]);
        let client = Client::new(format!("http://127.0.0.1:{port}"), issuer.token());
        let log = KafkaLog::new(KafkaConfig { brokers, ..KafkaConfig::default() }).unwrap();
        let topic = Topic { log: Arc::new(log), may_repeat: true };
        let worker_admin = format!("http://127.0.0.1:{worker_admin}");
        Some(Self { processes, client, topic, worker_admin, _issuer: issuer, _database: database, _turn: turn })
    }

    /// The same, if this server may be stopped and started from here.
    async fn prepare_to_stop(service: Service) -> Option<Self> {
        let state = Services::here().unwrap().status(service).state;
        if state != State::Running {
            eprintln!("NOT RUN: {} is not a server of `cargo xtask services` that could be stopped", service.name());
            return None;
        }
        Self::prepare().await
    }

    /// An outage is no reason to restart anything.
    async fn worker_lives(&self) {
        let worker = Client::new(self.worker_admin.clone(), String::new());
        assert_eq!(worker.status("/healthz/liveness").await, Some(StatusCode::OK), "the worker's liveness");
    }

    async fn worker_is(&self, status: StatusCode) {
        let worker = Client::new(self.worker_admin.clone(), String::new());
        let deadline = Instant::now() + Duration::from_secs(90);
        while worker.status("/healthz/readiness").await != Some(status) {
            assert!(Instant::now() < deadline, "the worker's readiness is never {status}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// How long a server is away.
fn outage() -> Duration {
    Duration::from_secs(crate::number("VALKYRIE_FAULT_OUTAGE_SECONDS").unwrap_or(5) as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_tasks_run() {
    let Some(Deployment { processes, client, topic, _issuer, _database, _turn, .. }) = Deployment::prepare().await
    else {
        return;
    };
    crate::killed_at_random_moments(processes, client, topic).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_is_away_for_a_while() {
    let Some(mut deployment) = Deployment::prepare_to_stop(Service::Kafka).await else { return };
    let client = deployment.client.clone();
    deployment.processes.start();
    deployment.worker_is(StatusCode::OK).await;
    let mut ids = vec![client.request(0).await];

    Services::here().unwrap().stop(Service::Kafka, false).unwrap();
    let back = Instant::now() + outage();
    while Instant::now() < back {
        // One try each: the API goes on as if nothing were the matter, and so do tasks.
        let (status, task) = client.try_request(ids.len()).await.unwrap();
        assert_eq!(status, StatusCode::ACCEPTED, "{task}");
        ids.push(task["id"].as_str().unwrap().to_owned());
        client.until_completed(ids.last().unwrap()).await;
        deployment.worker_lives().await;
    }
    deployment.worker_is(StatusCode::SERVICE_UNAVAILABLE).await;
    Services::here().unwrap().start(Service::Kafka).unwrap();

    deployment.topic.holds_the_whole_story_of(&ids, &client).await;
    deployment.worker_is(StatusCode::OK).await;
    assert!(deployment.processes.all_alive(), "nothing had to be restarted");
    deployment.processes.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_away_for_a_while() {
    let Some(mut deployment) = Deployment::prepare_to_stop(Service::Postgres).await else { return };
    let client = deployment.client.clone();
    deployment.processes.start();
    deployment.worker_is(StatusCode::OK).await;
    let asking = tokio::spawn({
        let client = client.clone();
        async move { client.request_all(crate::tasks()).await }
    });
    client.request(0).await;

    Services::here().unwrap().stop(Service::Postgres, true).unwrap();
    let (status, problem) = client.try_request(1_000_000).await.unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    deployment.worker_is(StatusCode::SERVICE_UNAVAILABLE).await;
    sleep(outage()).await;
    Services::here().unwrap().start(Service::Postgres).unwrap();

    let ids = asking.await.unwrap();
    for id in &ids {
        client.until_completed(id).await;
    }
    deployment.topic.holds_the_whole_story_of(&ids, &client).await;
    deployment.worker_is(StatusCode::OK).await;
    assert!(deployment.processes.all_alive(), "nothing had to be restarted");
    deployment.processes.stop();
}
