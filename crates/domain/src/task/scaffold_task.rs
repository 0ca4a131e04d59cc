use chrono::{DateTime, Utc};
use serde_json::Value;

use super::change::{Change, IllegalChange};
use super::event::{RecordedEvent, TaskEvent};
use super::id::TaskId;
use super::state::{Artifact, Failure, TaskSpec, TaskState};
use super::status::Status;
use crate::actor::Actor;
use crate::entity_ref::EntityRef;

/// A request for a service that is made from a template.
///
/// Each legal change raises the version by one and, but for a request to cancel a running task, records an event.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaffoldTask {
    state: TaskState,
    stored_version: u64,
    events: Vec<RecordedEvent>,
}

impl ScaffoldTask {
    /// Writes a new task down as a draft.
    pub fn draft(id: TaskId, spec: TaskSpec, by: Actor, at: DateTime<Utc>) -> Self {
        let TaskSpec { template, name, parameters, account } = spec;
        let state = TaskState {
            id,
            status: Status::Draft,
            template,
            name,
            parameters,
            account,
            attempt: 1,
            entity_refs: Vec::new(),
            artifact: None,
            failure: None,
            created_at: at,
            updated_at: at,
            created_by: by.clone(),
            cancelled_by: None,
            version: 0,
        };
        let mut task = Self { state, stored_version: 0, events: Vec::new() };
        task.changed(Status::Draft, at);
        task.record(TaskEvent::Created, by);
        task
    }

    /// A task as it was stored.
    pub fn restore(state: TaskState) -> Self {
        Self { stored_version: state.version, state, events: Vec::new() }
    }

    /// How it stands now.
    pub fn state(&self) -> &TaskState {
        &self.state
    }

    /// The version that it had when it was loaded; 0 for a new one. What a save compares with.
    pub fn stored_version(&self) -> u64 {
        self.stored_version
    }

    /// Takes the events since it was loaded; the caller must store them.
    pub fn take_events(&mut self) -> Vec<RecordedEvent> {
        self.stored_version = self.state.version;
        std::mem::take(&mut self.events)
    }

    /// Replaces what a draft is made of.
    pub fn edit(&mut self, spec: TaskSpec, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Edit)?;
        self.apply_spec(spec);
        self.changed(Status::Draft, at);
        self.record(TaskEvent::Updated, by);
        Ok(())
    }

    /// Hands a draft to the workers.
    pub fn queue(&mut self, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Queue)?;
        self.changed(Status::Queued, at);
        self.record(TaskEvent::Queued, by);
        Ok(())
    }

    /// A worker begins.
    pub fn start(&mut self, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Start)?;
        self.changed(Status::Running, at);
        self.record(TaskEvent::Started, by);
        Ok(())
    }

    /// A worker is done: the service is in the artifact, and these are its catalog documents and their references.
    pub fn complete(
        &mut self,
        artifact: Artifact,
        entities: Vec<Value>,
        entity_refs: Vec<EntityRef>,
        by: Actor,
        at: DateTime<Utc>,
    ) -> Result<(), IllegalChange> {
        self.check(Change::Complete)?;
        self.state.artifact = Some(artifact);
        self.state.entity_refs = entity_refs;
        self.changed(Status::Completed, at);
        self.record(TaskEvent::Completed { entities }, by);
        Ok(())
    }

    /// A worker could not do it.
    pub fn fail(&mut self, failure: Failure, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Fail)?;
        self.state.failure = Some(failure.clone());
        self.changed(Status::Failed, at);
        self.record(TaskEvent::Failed { failure }, by);
        Ok(())
    }

    /// Stops it: at once while no worker has it, else at the worker's next step.
    pub fn cancel(&mut self, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Cancel)?;
        if self.state.status == Status::Running {
            self.state.cancelled_by = Some(by);
            self.changed(Status::Cancelling, at);
        } else {
            self.changed(Status::Cancelled, at);
            self.record(TaskEvent::Cancelled, by);
        }
        Ok(())
    }

    /// The worker has stopped, as was requested; the event names who requested it, not the worker.
    pub fn confirm_cancel(&mut self, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::ConfirmCancel)?;
        let by = self.state.cancelled_by.take().unwrap_or_else(|| Actor::system("worker"));
        self.changed(Status::Cancelled, at);
        self.record(TaskEvent::Cancelled, by);
        Ok(())
    }

    /// Tries a failed task again, from the template's current version.
    pub fn retry(&mut self, spec: TaskSpec, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Retry)?;
        self.apply_spec(spec);
        self.state.attempt += 1;
        self.state.failure = None;
        self.changed(Status::Queued, at);
        self.record(TaskEvent::Queued, by);
        Ok(())
    }

    /// The service that it made is gone.
    pub fn decommission(&mut self, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Decommission)?;
        self.changed(Status::Decommissioned, at);
        self.record(TaskEvent::Decommissioned, by);
        Ok(())
    }

    /// Removes it; the status stays what it was, for the history.
    pub fn delete(&mut self, by: Actor, at: DateTime<Utc>) -> Result<(), IllegalChange> {
        self.check(Change::Delete)?;
        self.changed(self.state.status, at);
        self.record(TaskEvent::Deleted, by);
        Ok(())
    }

    /// Whether its status allows a change; the error says in which statuses it is legal.
    pub fn check(&self, change: Change) -> Result<(), IllegalChange> {
        let status = self.state.status;
        if change.legal_in().contains(&status) { Ok(()) } else { Err(IllegalChange { change, status }) }
    }

    fn apply_spec(&mut self, TaskSpec { template, name, parameters, account }: TaskSpec) {
        self.state.template = template;
        self.state.name = name;
        self.state.parameters = parameters;
        self.state.account = account;
    }

    fn changed(&mut self, status: Status, at: DateTime<Utc>) {
        self.state.status = status;
        // Clocks of two machines may disagree; a task's own time never goes back.
        self.state.updated_at = at.max(self.state.updated_at);
        self.state.version += 1;
    }

    fn record(&mut self, event: TaskEvent, actor: Actor) {
        let (task, at) = (self.state.clone(), self.state.updated_at);
        self.events.push(RecordedEvent { event, task, actor, at });
    }
}
