use domain::{Change, JsonObject, TaskId, TaskState};

use super::caller::Caller;
use super::error::TaskError;
use super::input::TaskInput;
use super::merge::merge;
use super::scaffold_tasks::ScaffoldTasks;
use crate::ports::{Violation, pointer_to};

impl ScaffoldTasks {
    /// Tries a failed task again, from the template's current version. Its secrets were erased when it failed, so they are given anew.
    pub async fn retry(&self, caller: Caller, id: TaskId, secrets: JsonObject) -> Result<TaskState, TaskError> {
        let mut work = self.store.begin(caller.context.clone()).await?;
        let mut task = work.task(&caller.viewer, id).await?.ok_or(TaskError::NotFound)?;
        // A task that can't be retried should hear that, not what its template thinks of its parameters.
        task.check(Change::Retry)?;
        let names: Vec<String> = secrets.keys().cloned().collect();
        let mut input = TaskInput::from(task.state());
        merge(&mut input.parameters, secrets);
        let validated = self.validate(input).await?;
        refuse_changes(&names, &task.state().parameters, &validated.spec.parameters)?;

        task.retry(validated.spec, caller.viewer.actor, self.clock.now())?;
        let state = task.state().clone();
        work.save(&mut task);
        if !validated.secrets.is_empty() {
            work.keep_secrets(id, validated.secrets);
        }
        work.commit().await?;
        Ok(state)
    }
}

/// What is given with a retry may be secrets only: the parameters that can be shown stay as they were.
fn refuse_changes(given: &[String], before: &JsonObject, after: &JsonObject) -> Result<(), TaskError> {
    let no_secret = |name: &String| Violation {
        pointer: pointer_to("/parameters", name),
        detail: "a retry keeps the task's parameters".to_owned(),
        expected: "only parameters that the template marks write-only".to_owned(),
    };
    let changed: Vec<_> = given.iter().filter(|name| after.get(*name) != before.get(*name)).map(no_secret).collect();
    if changed.is_empty() { Ok(()) } else { Err(TaskError::Invalid(changed)) }
}
