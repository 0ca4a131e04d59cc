//! A database that is away for a while.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use application::JsonObject;
use application::domain::{Status, TaskId};
use application::ports::{Context, IdempotencyKey, Lease, Store, StoreError, StoredReply, TaskQueue, UnitOfWork};
use application::runs::TaskRuns;
use async_trait::async_trait;
use heimdall::clock::{Clock as _, SystemClock};
use host_worker::WorkerConfig;

use crate::world::{Behaviour, Gate, World, worker_over};

/// Stands before a store and a queue, and lets nothing through while it is away.
#[derive(Default)]
struct Outage {
    away: AtomicBool,
    refused: AtomicUsize,
}

impl Outage {
    fn check(&self) -> Result<(), StoreError> {
        if self.away.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::Unavailable(io::Error::from(io::ErrorKind::ConnectionRefused).into()));
        }
        Ok(())
    }

    async fn refused(&self, count: usize) {
        while self.refused.load(Ordering::SeqCst) < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

struct Behind<T: ?Sized>(Arc<Outage>, Arc<T>);

#[async_trait]
impl Store for Behind<dyn Store> {
    async fn begin(&self, context: Context) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.0.check()?;
        self.1.begin(context).await
    }

    async fn reply(&self, key: &IdempotencyKey) -> Result<Option<StoredReply>, StoreError> {
        self.0.check()?;
        self.1.reply(key).await
    }

    fn keeps_secrets(&self) -> bool {
        self.1.keeps_secrets()
    }

    async fn secrets(&self, task: TaskId) -> Result<JsonObject, StoreError> {
        self.0.check()?;
        self.1.secrets(task).await
    }
}

#[async_trait]
impl TaskQueue for Behind<dyn TaskQueue> {
    async fn claim(&self, owner: &str, limit: u32, ttl: Duration) -> Result<Vec<Lease>, StoreError> {
        self.0.check()?;
        self.1.claim(owner, limit, ttl).await
    }

    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, StoreError> {
        self.0.check()?;
        self.1.renew(lease, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.0.check()?;
        self.1.release(lease).await
    }
}

fn worker(world: &World, outage: &Arc<Outage>, lease_seconds: u64) -> crate::world::Worker {
    let mut adapters = world.adapters.clone();
    adapters.queue = Arc::new(Behind(outage.clone(), world.adapters.queue.clone()));
    let store: Arc<dyn Store> = Arc::new(Behind(outage.clone(), world.adapters.store.clone()));
    let clock = application::Clock::new(|| SystemClock.now());
    let (templates, artifacts) = (world.adapters.templates.clone(), world.adapters.artifacts.clone());
    let runs = TaskRuns::new(store, templates, artifacts, world.adapters.references(), clock);
    let config = WorkerConfig { lease_seconds, ..WorkerConfig::default() };
    worker_over("w1", &adapters, runs, config)
}

async fn a_short_outage_in_the_middle_of_a_task_is_waited_out(world: World) {
    let (outage, gate) = (Arc::new(Outage::default()), Gate::default());
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let worker = worker(&world, &outage, 3600);
    gate.reached_by(1).await;
    outage.away.store(true, Ordering::SeqCst);
    gate.open();
    outage.refused(3).await;
    outage.away.store(false, Ordering::SeqCst);
    world.until(id, Status::Completed).await;
    worker.stop().await;
    assert_eq!(world.templates.steps(), [format!("{id} first"), format!("{id} second")], "no step ran twice");
}

async fn an_outage_longer_than_the_lease_ends_the_run_and_not_the_worker(world: World) {
    let (outage, gate) = (Arc::new(Outage::default()), Gate::default());
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let worker = worker(&world, &outage, 3);
    gate.reached_by(1).await;
    outage.away.store(true, Ordering::SeqCst);
    // The run is given up when its lease has run out by the worker's own measure; its step still hangs at the gate. From then
    // on only claims are refused; the task is not touched, although the database is back for others.
    tokio::time::sleep(Duration::from_secs(4)).await;
    outage.away.store(false, Ordering::SeqCst);
    gate.reached_by(2).await;
    gate.open();
    world.until(id, Status::Completed).await;
    worker.stop().await;
    assert_eq!(world.happened(id).await, ["created", "queued", "started", "completed"]);
}

crate::on_each_database!(
    a_short_outage_in_the_middle_of_a_task_is_waited_out,
    an_outage_longer_than_the_lease_ends_the_run_and_not_the_worker
);
