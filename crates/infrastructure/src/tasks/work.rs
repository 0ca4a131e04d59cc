use application::ports::{CommitError, Context, IdempotencyKey, Lease, StoreError, StoredReply, UnitOfWork, Viewer};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{JsonObject, RecordedEvent, ScaffoldTask, ServiceName, TaskEvent, TaskId};
use heimdall::database::{DatabaseError, Filter, Query};

use super::history::{self, PendingEvent};
use super::log::{self, Line};
use super::resources::Resources;
use super::{leases, replies, rows, secrets, visibility};
use crate::errors::store_error;
use crate::removals;

/// Collects writes and flushes them at commit: one round trip on Postgres, one transaction on `SQLite`.
pub(super) struct SqlWork {
    resources: Resources,
    context: Context,
    tasks: Vec<Query>,
    names: Vec<(ServiceName, TaskId)>,
    pending: Vec<PendingEvent>,
    lines: Vec<Line>,
    fence: Option<Lease>,
    release: Option<Lease>,
    secrets: Option<Secrets>,
    reply: Option<Query>,
    others: Vec<Query>,
}

enum Secrets {
    Keep(TaskId, JsonObject),
    Erase(TaskId),
}

/// What it means when a statement does not touch the one row that it should.
#[derive(Clone, Copy)]
enum Conflict {
    Stale,
    LeaseLost,
}

impl SqlWork {
    pub(super) fn new(resources: Resources, context: Context) -> Self {
        Self {
            resources,
            context,
            tasks: Vec::new(),
            names: Vec::new(),
            pending: Vec::new(),
            lines: Vec::new(),
            fence: None,
            release: None,
            secrets: None,
            reply: None,
            others: Vec::new(),
        }
    }

    /// A task's row, and what was recorded of it.
    fn collect(&mut self, row: Query, task: &ScaffoldTask, events: Vec<RecordedEvent>) {
        self.tasks.push(row);
        if let Some(name) = &task.state().name {
            self.names.push((name.clone(), task.state().id));
        }
        self.pending
            .extend(events.into_iter().map(|recorded| PendingEvent { id: self.resources.ids.next(), recorded }));
    }

    /// All statements, each with what its failure would mean. No two touch the same row, as a batch demands.
    fn statements(&mut self) -> Result<Vec<(Query, Conflict)>, CommitError> {
        let mut all = Vec::with_capacity(8);
        match (&self.release, &self.fence) {
            // Giving a lease back proves that it was held.
            (Some(lease), _) => all.push((leases::release(lease).expect_rows(1), Conflict::LeaseLost)),
            (None, Some(lease)) => all.push((leases::fence(lease), Conflict::LeaseLost)),
            (None, None) => {}
        }
        all.extend(self.tasks.drain(..).map(|query| (query, Conflict::Stale)));
        if !self.pending.is_empty() {
            let statements = history::statements(&self.pending, &self.context, &self.resources.events)?;
            all.extend(statements.map(|query| (query, Conflict::Stale)));
        }
        if !self.lines.is_empty() {
            all.push((log::insert(&self.lines)?, Conflict::Stale));
        }
        match &self.secrets {
            Some(Secrets::Keep(task, given)) => {
                all.push((secrets::keep(&self.resources.vault, *task, given)?, Conflict::Stale));
            }
            Some(Secrets::Erase(task)) => all.push((secrets::erase(*task), Conflict::Stale)),
            None => {}
        }
        all.extend(self.others.drain(..).map(|query| (query, Conflict::Stale)));
        all.extend(self.reply.take().map(|query| (query, Conflict::Stale)));
        Ok(all)
    }

    async fn name_taken(&self) -> Result<CommitError, StoreError> {
        for (name, task) in &self.names {
            let others = Filter::new()
                .equals("name", name.as_str())
                .compares("id", "<>", task.as_uuid())
                .raw("deleted_at IS NULL")
                .raw("status NOT IN ('failed', 'cancelled', 'decommissioned')");
            let query = others.select("SELECT id FROM scaffold_tasks", "");
            if let Some(row) = self.resources.database.fetch_optional(query).await.map_err(store_error)? {
                let holder = TaskId::new(rows::TASKS.row(&row).get("id")?);
                return Ok(CommitError::NameTaken { name: name.clone(), holder });
            }
        }
        // The task that held the name has released it since: the same request will succeed.
        Ok(CommitError::Stale)
    }

    async fn conflict(&self, error: DatabaseError, meanings: &[Conflict]) -> CommitError {
        match &error {
            DatabaseError::RowCount { index, .. } => match meanings.get(*index) {
                Some(Conflict::LeaseLost) => CommitError::LeaseLost,
                _ => CommitError::Stale,
            },
            error if error.violates("scaffold_tasks_name_key") => {
                self.name_taken().await.unwrap_or_else(CommitError::Store)
            }
            error if error.violates("idempotency_keys_pkey") => CommitError::Repeated,
            error if error.violates("scaffold_task_history_pkey") => CommitError::Stale,
            error if error.violates("scaffold_task_log_pkey") => CommitError::LeaseLost,
            _ => CommitError::Store(store_error(error)),
        }
    }
}

#[async_trait]
impl UnitOfWork for SqlWork {
    async fn task(&mut self, viewer: &Viewer, id: TaskId) -> Result<Option<ScaffoldTask>, StoreError> {
        let query = visibility::existing(viewer).equals("id", id.as_uuid()).select(rows::SELECT, "");
        let row = self.resources.database.fetch_optional(query).await.map_err(store_error)?;
        row.map(|row| rows::read(&row).map(ScaffoldTask::restore)).transpose()
    }

    fn add(&mut self, task: &mut ScaffoldTask) {
        let events = task.take_events();
        self.collect(rows::insert(task.state()), task, events);
    }

    fn save(&mut self, task: &mut ScaffoldTask) {
        let loaded = task.stored_version();
        let events = task.take_events();
        let row = rows::update(task.state(), &events, loaded);
        if events.iter().any(|recorded| matches!(recorded.event, TaskEvent::Completed { .. })) {
            self.others.extend(removals::made(task.state()));
        }
        self.collect(row, task, events);
    }

    fn keep_secrets(&mut self, task: TaskId, secrets: JsonObject) {
        self.secrets = Some(Secrets::Keep(task, secrets));
    }

    fn erase_secrets(&mut self, task: TaskId) {
        self.secrets = Some(Secrets::Erase(task));
    }

    fn remember(&mut self, key: IdempotencyKey, reply: StoredReply) {
        self.reply = Some(replies::insert(key, reply));
    }

    fn log(&mut self, task: TaskId, attempt: u32, step: &str, lines: &[String], at: DateTime<Utc>) {
        let step = step.to_owned();
        self.lines.extend(lines.iter().map(|message| Line {
            task,
            attempt,
            step: step.clone(),
            at,
            message: message.clone(),
        }));
    }

    fn removal_done(&mut self, task: TaskId, at: DateTime<Utc>) {
        self.others.push(removals::done(task, at));
    }

    fn fence(&mut self, lease: &Lease) {
        self.fence = Some(lease.clone());
    }

    fn release(&mut self, lease: &Lease) {
        self.release = Some(lease.clone());
    }

    async fn commit(mut self: Box<Self>) -> Result<(), CommitError> {
        let (queries, meanings): (Vec<_>, Vec<_>) = self.statements()?.into_iter().unzip();
        if queries.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.resources.database.execute_all(queries).await {
            return Err(self.conflict(error, &meanings).await);
        }
        if !self.pending.is_empty() {
            self.resources.wake.wake();
        }
        Ok(())
    }
}
