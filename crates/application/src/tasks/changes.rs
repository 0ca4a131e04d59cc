use domain::{IllegalChange, JsonObject, ScaffoldTask, TaskId, TaskState};

use super::draft::{as_given, fresh, visible};
use super::merge::merge;
use super::{Caller, ScaffoldTasks, TaskError, TaskInput};
use crate::ports::{CommitError, UnitOfWork, Violation};

/// How often a change that nobody else's change forbids is tried when others are faster.
const TRIES: u32 = 5;

impl ScaffoldTasks {
    /// Hands a draft to the workers.
    pub async fn queue(&self, caller: Caller, id: TaskId) -> Result<TaskState, TaskError> {
        let (by, now) = (caller.viewer.actor.clone(), self.clock.now());
        self.change(&caller, id, move |task, _| task.queue(by.clone(), now)).await
    }

    /// Stops a task: at once, or at its worker's next step.
    pub async fn cancel(&self, caller: Caller, id: TaskId) -> Result<TaskState, TaskError> {
        let (by, now) = (caller.viewer.actor.clone(), self.clock.now());
        self.change(&caller, id, move |task, work| {
            task.cancel(by.clone(), now)?;
            if task.state().status.is_final() {
                work.erase_secrets(id);
            }
            Ok(())
        })
        .await
    }

    /// Removes a task, if it is still at the version that the caller has seen (`None`: at any). Its history stays.
    pub async fn delete(&self, caller: Caller, id: TaskId, seen: Option<u64>) -> Result<(), TaskError> {
        let mut work = self.store.begin(caller.context.clone()).await?;
        let mut task = visible(work.task(id).await?, &caller.viewer)?;
        fresh(task.state(), seen)?;
        task.delete(caller.viewer.actor.clone(), self.clock.now())?;
        work.save(&mut task);
        work.erase_secrets(id);
        match work.commit().await {
            Ok(()) => Ok(()),
            Err(CommitError::Stale) => Err(self.stale(&caller.viewer, id).await),
            Err(error) => Err(error.into()),
        }
    }

    /// Tries a failed task again, from the template's current version. Its secrets were erased when it failed, so they are given anew.
    pub async fn retry(&self, caller: Caller, id: TaskId, secrets: JsonObject) -> Result<TaskState, TaskError> {
        let mut work = self.store.begin(caller.context.clone()).await?;
        let mut task = visible(work.task(id).await?, &caller.viewer)?;
        let now = self.clock.now();
        let before = task.state().parameters.clone();
        let mut parameters = before.clone();
        let given: Vec<String> = secrets.keys().cloned().collect();
        merge(&mut parameters, secrets);
        // A task that can't be retried should hear that, not what its template thinks of its parameters.
        let status = task.state().status;
        if !domain::Change::Retry.legal_in().contains(&status) {
            return Err(IllegalChange { change: domain::Change::Retry, status }.into());
        }
        let input = TaskInput {
            template: task.state().template.name.clone(),
            parameters,
            account: task.state().account.as_ref().map(as_given),
        };
        let validated = self.check(input).await?;
        let after = &validated.spec.parameters;
        let changed: Vec<_> =
            given.iter().filter(|name| after.get(*name) != before.get(*name)).map(|name| no_secret(name)).collect();
        if !changed.is_empty() {
            return Err(TaskError::Invalid(changed));
        }
        task.retry(validated.spec, caller.viewer.actor, now)?;
        let state = task.state().clone();
        work.save(&mut task);
        if !validated.secrets.is_empty() {
            work.keep_secrets(id, validated.secrets);
        }
        work.commit().await?;
        Ok(state)
    }

    /// Loads, changes and saves, and does it again when somebody else was faster.
    async fn change(
        &self,
        caller: &Caller,
        id: TaskId,
        change: impl Fn(&mut ScaffoldTask, &mut dyn UnitOfWork) -> Result<(), IllegalChange>,
    ) -> Result<TaskState, TaskError> {
        for _ in 0..TRIES {
            let mut work = self.store.begin(caller.context.clone()).await?;
            let mut task = visible(work.task(id).await?, &caller.viewer)?;
            change(&mut task, work.as_mut())?;
            let state = task.state().clone();
            work.save(&mut task);
            match work.commit().await {
                Ok(()) => return Ok(state),
                Err(CommitError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(TaskError::Contended)
    }
}

fn no_secret(name: &str) -> Violation {
    Violation {
        pointer: format!("/parameters/{}", name.replace('~', "~0").replace('/', "~1")),
        detail: "a retry keeps the task's parameters".to_owned(),
        expected: "only parameters that the template marks write-only".to_owned(),
    }
}
