use domain::{IllegalChange, ScaffoldTask, TaskId, TaskState};

use super::caller::Caller;
use super::error::TaskError;
use super::scaffold_tasks::{ScaffoldTasks, check_version};
use crate::ports::{CommitError, UnitOfWork};

/// How often a change is tried when concurrent changes of the same task commit first.
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
        let mut task = work.task(&caller.viewer, id).await?.ok_or(TaskError::NotFound)?;
        check_version(task.state(), seen)?;
        task.delete(caller.viewer.actor.clone(), self.clock.now())?;
        work.save(&mut task);
        work.erase_secrets(id);
        self.commit_to_seen_version(work, &caller.viewer, id).await
    }

    /// Looks the task up, changes and saves it; again when a concurrent change committed first.
    async fn change(
        &self,
        caller: &Caller,
        id: TaskId,
        change: impl Fn(&mut ScaffoldTask, &mut dyn UnitOfWork) -> Result<(), IllegalChange>,
    ) -> Result<TaskState, TaskError> {
        for _ in 0..TRIES {
            let mut work = self.store.begin(caller.context.clone()).await?;
            let mut task = work.task(&caller.viewer, id).await?.ok_or(TaskError::NotFound)?;
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
