//! A database with tasks in it, and templates that do what a test wants.

mod gate;
mod templates;

use std::sync::Arc;
use std::time::Duration;

use application::domain::{Actor, Status, TaskId, TaskState};
use application::ports::{Context, HistoryItem, LogLine, Viewer};
use application::runs::TaskRuns;
use application::tasks::{Caller, Request, RequestOutcome, ScaffoldTasks, TaskInput};
use chrono::TimeDelta;
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::database::{Database, Query};
use heimdall::ids::{Ids as _, TimeOrderedIds};
use heimdall::lifecycle::Shutdown;
use heimdall::telemetry::Metrics;
use heimdall::testing::TestDatabase;
use host_worker::{Runner, WorkerConfig};
use infrastructure::{Adapters, CatalogConfig, EventsConfig, MIGRATIONS, Settings, Vault};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

pub(crate) use gate::Gate;
pub(crate) use templates::{Behaviour, FakeTemplates};

/// How long anything in these tests may take before it counts as never.
const NEVER: Duration = Duration::from_mins(1);

pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) templates: Arc<FakeTemplates>,
    pub(crate) adapters: Adapters,
}

/// A runner at work.
pub(crate) struct Worker {
    pub(crate) shutdown: Shutdown,
    pub(crate) task: JoinHandle<()>,
}

/// Makes a test of each of these functions on `SQLite`, and one on Postgres, which is not run where there is none.
#[macro_export]
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::world::World::on_sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(world) = $crate::world::World::on_postgres().await {
                    super::$test(world).await;
                }
            })+
        }
    };
}

impl World {
    pub(crate) async fn on_sqlite() -> Self {
        Self::over(TestDatabase::sqlite_with(&MIGRATIONS).await)
    }

    pub(crate) async fn on_postgres() -> Option<Self> {
        TestDatabase::postgres_with(&MIGRATIONS).await.map(Self::over)
    }

    fn over(database: TestDatabase) -> Self {
        let templates = Arc::new(FakeTemplates::default());
        let adapters = adapters((*database).clone(), templates.clone(), EventsConfig::default());
        Self { database, templates, adapters }
    }

    /// The same with another topic for task events.
    pub(crate) fn with_topic(mut self, topic: &str) -> Self {
        let events = EventsConfig { topic: topic.to_owned(), ..EventsConfig::default() };
        self.adapters = adapters((*self.database).clone(), self.templates.clone(), events);
        self
    }

    /// What people ask of tasks.
    pub(crate) fn tasks(&self) -> ScaffoldTasks {
        self.adapters.scaffold_tasks()
    }

    /// Asks for a task that is made in this way, and queues it.
    pub(crate) async fn given(&self, behaviour: Behaviour) -> TaskId {
        let parameters = json!({"behaviour": self.templates.keep(behaviour)});
        let Value::Object(parameters) = parameters else { unreachable!() };
        let input = TaskInput { template: "fake".to_owned(), parameters, account: None };
        let request = Request { input, start: true, idempotency: None };
        match self.tasks().request(caller(), request).await.unwrap() {
            RequestOutcome::Created(task) => task.id,
            RequestOutcome::Replayed(_) => unreachable!("there is no idempotency key"),
        }
    }

    /// Starts a runner with a lease of three seconds, the shortest there is.
    pub(crate) fn worker(&self, owner: &str, drain_seconds: u64) -> Worker {
        worker_over(
            owner,
            &self.adapters,
            self.adapters.task_runs(),
            WorkerConfig { lease_seconds: 3, drain_seconds, ..WorkerConfig::default() },
        )
    }

    /// A runner whose clock is ahead of the world's.
    pub(crate) fn worker_at(&self, owner: &str, ahead: TimeDelta) -> Worker {
        let Adapters { store, templates, artifacts, .. } = self.adapters.clone();
        let clock = application::Clock::new(move || SystemClock.now() + ahead);
        let runs = TaskRuns::new(store, templates, artifacts, self.adapters.references(), clock);
        worker_over(owner, &self.adapters, runs, WorkerConfig::default())
    }

    pub(crate) async fn task(&self, id: TaskId) -> TaskState {
        self.tasks().get(&viewer(), id).await.unwrap()
    }

    /// Waits until the task is in this status.
    pub(crate) async fn until(&self, id: TaskId, status: Status) -> TaskState {
        let deadline = Instant::now() + NEVER;
        loop {
            let task = self.task(id).await;
            if task.status == status {
                return task;
            }
            let (is, failure) = (task.status, task.failure);
            assert!(Instant::now() < deadline, "task {id} is {is} ({failure:?}) and not {status}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The short names of what happened to a task.
    pub(crate) async fn happened(&self, id: TaskId) -> Vec<String> {
        let history: Vec<HistoryItem> = self.tasks().history(&viewer(), id, 0, 100).await.unwrap();
        history.into_iter().map(|item| item.name).collect()
    }

    pub(crate) async fn log(&self, id: TaskId) -> Vec<String> {
        let lines: Vec<LogLine> = self.tasks().log(&viewer(), id, 0, 100).await.unwrap();
        lines.into_iter().map(|line| format!("{}: {}", line.step, line.message)).collect()
    }

    /// A runner whose leases last for an hour.
    pub(crate) fn long_lease(&self, owner: &str, drain_seconds: u64) -> Worker {
        let config = WorkerConfig { lease_seconds: 3600, drain_seconds, ..WorkerConfig::default() };
        worker_over(owner, &self.adapters, self.adapters.task_runs(), config)
    }

    /// Lets every lease run out.
    pub(crate) async fn expire_leases(&self) {
        let now = self.database.dialect().now();
        let long_ago = match self.database.dialect() {
            heimdall::database::Dialect::Postgres => format!("{now} - interval '1 hour'"),
            heimdall::database::Dialect::Sqlite => "0".to_owned(),
        };
        let query = Query::new(format!("UPDATE scaffold_task_leases SET held_until = {long_ago}"));
        self.database.execute(query).await.unwrap();
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.database.fetch_optional(Query::new(sql)).await.unwrap().unwrap().get("n").unwrap()
    }

    /// Does what a statement says to the leases.
    pub(crate) async fn leases(&self, sql: &'static str) {
        self.database.execute(Query::new(sql)).await.unwrap();
    }
}

impl Worker {
    /// Stops it in good order.
    pub(crate) async fn stop(self) {
        self.shutdown.request();
        tokio::time::timeout(NEVER, self.task).await.expect("the runner ends").unwrap();
    }

    /// Stops it as `kill -9` would: between two lines, and without a word.
    pub(crate) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// A runner over these adapters.
pub(crate) fn worker_over(owner: &str, adapters: &Adapters, runs: TaskRuns, config: WorkerConfig) -> Worker {
    let runner = Runner::new(adapters.queue.clone(), runs, owner, config, &Metrics::default());
    let shutdown = Shutdown::new();
    let task = tokio::spawn(Arc::new(runner).run(shutdown.clone()));
    Worker { shutdown, task }
}

/// The adapters over a database.
fn adapters(database: Database, templates: Arc<FakeTemplates>, events: EventsConfig) -> Adapters {
    Adapters::new(Settings {
        database,
        templates,
        vault: Vault::without_key(),
        catalog: CatalogConfig::default(),
        events,
        public_url: "http://localhost".to_owned(),
        clock: application::Clock::new(|| SystemClock.now()),
        ids: application::Ids::new(|| TimeOrderedIds.next()),
        wake: heimdall::wake::Wake::default(),
    })
}

pub(crate) fn caller() -> Caller {
    Caller { viewer: viewer(), context: Context::default() }
}

pub(crate) fn viewer() -> Viewer {
    Viewer { actor: Actor::new("test", "ada"), sees_all: false }
}
