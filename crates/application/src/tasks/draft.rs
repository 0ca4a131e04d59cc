use domain::{Change, IllegalChange, JsonObject, Status, TaskId, TaskState};
use serde_json::Value;

use super::defaults::without_defaults;
use super::merge::merge;
use super::{AccountInput, Caller, ScaffoldTasks, TaskError, TaskInput};
use crate::ports::{CommitError, Viewer, Violation};

/// A JSON merge patch of a draft: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DraftPatch {
    /// Another template.
    pub template: Option<String>,
    /// What changes in the parameters; `null` takes one back to its default.
    pub parameters: JsonObject,
    /// What changes in the account (`Some(Some)`), no account any more (`Some(None)`), or the same (`None`).
    pub account: Option<Option<AccountPatch>>,
}

/// A JSON merge patch of an account: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPatch {
    /// Another identifier.
    pub identifier: Option<String>,
    /// Another role (`Some(Some)`), or none (`Some(None)`).
    pub role: Option<Option<String>>,
    /// Another provider (`Some(Some)`), or the one that the identifier gives away (`Some(None)`).
    pub provider: Option<Option<String>>,
}

impl AccountPatch {
    fn apply(self, account: Option<&domain::AccountInfo>) -> AccountInput {
        let now = account.map(as_given).unwrap_or_default();
        AccountInput {
            identifier: self.identifier.unwrap_or(now.identifier),
            role: self.role.unwrap_or(now.role),
            provider: self.provider.unwrap_or(now.provider),
        }
    }
}

impl ScaffoldTasks {
    /// Changes a draft, if it is still at the version that the caller has seen (`None`: at any). With another template, what
    /// only held a default of the old one is left to the new one.
    pub async fn edit(
        &self,
        caller: Caller,
        id: TaskId,
        seen: Option<u64>,
        patch: DraftPatch,
    ) -> Result<TaskState, TaskError> {
        let mut work = self.store.begin(caller.context.clone()).await?;
        let mut task = visible(work.task(id).await?, &caller.viewer)?;
        fresh(task.state(), seen)?;
        let status = task.state().status;
        if status != Status::Draft {
            return Err(IllegalChange { change: Change::Edit, status }.into());
        }
        // Secrets count as given, or a required one would seem to be missing.
        let kept = self.store.secrets(id).await?;
        let mut parameters = task.state().parameters.clone();
        let before = &task.state().template.name;
        let template = patch.template.unwrap_or_else(|| before.clone());
        if template != *before {
            parameters = without_defaults(self.templates.as_ref(), before, parameters, &kept);
        }
        merge(&mut parameters, kept.clone());
        merge(&mut parameters, patch.parameters.clone());
        let account = task.state().account.as_ref();
        let account = match patch.account {
            Some(patch) => patch.map(|patch| patch.apply(account)),
            None => account.map(as_given),
        };
        let validated = self.check(TaskInput { template, parameters, account }).await?;
        let mut disclosed = Vec::new();
        disclosures(&kept, &patch.parameters, &validated.spec.parameters, "/parameters", &mut disclosed);
        if !disclosed.is_empty() {
            return Err(TaskError::Invalid(disclosed));
        }
        // What changes nothing is no news.
        if task.state().matches_spec(&validated.spec) && validated.secrets == kept {
            return Ok(task.state().clone());
        }

        task.edit(validated.spec, caller.viewer.actor.clone(), self.clock.now())?;
        let state = task.state().clone();
        work.save(&mut task);
        if validated.secrets.is_empty() {
            work.erase_secrets(id);
        } else {
            work.keep_secrets(id, validated.secrets);
        }
        match work.commit().await {
            Ok(()) => Ok(state),
            Err(CommitError::Stale) => Err(self.stale(&caller.viewer, id).await),
            Err(error) => Err(error.into()),
        }
    }

    /// Somebody was faster: says which version there is now.
    pub(super) async fn stale(&self, viewer: &Viewer, id: TaskId) -> TaskError {
        match self.get(viewer, id).await {
            Ok(task) => TaskError::Stale { current: task.version },
            Err(error) => error,
        }
    }
}

/// Finds what was given as a secret and would be shown now, because the template is another one or has changed its mind.
/// What the patch itself says anew, its author wants to be there.
fn disclosures(kept: &JsonObject, patch: &JsonObject, shown: &JsonObject, at: &str, found: &mut Vec<Violation>) {
    for (key, secret) in kept {
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match (secret, patch.get(key), shown.get(key)) {
            (Value::Object(kept), None, Some(Value::Object(shown))) => {
                disclosures(kept, &JsonObject::new(), shown, &pointer, found);
            }
            (Value::Object(kept), Some(Value::Object(patch)), Some(Value::Object(shown))) => {
                disclosures(kept, patch, shown, &pointer, found);
            }
            (_, None, Some(_)) => found.push(Violation {
                pointer,
                detail: "this was given as a secret, and the template would show it".to_owned(),
                expected: "the value given anew, or `null`".to_owned(),
            }),
            _ => {}
        }
    }
}

pub(super) fn as_given(account: &domain::AccountInfo) -> AccountInput {
    let domain::AccountInfo { identifier, role, provider } = account.clone();
    AccountInput { identifier, role, provider: Some(provider) }
}

/// A task that the viewer may not see is not there.
pub(super) fn visible(task: Option<domain::ScaffoldTask>, viewer: &Viewer) -> Result<domain::ScaffoldTask, TaskError> {
    task.filter(|task| viewer.sees_all || task.state().created_by == viewer.actor).ok_or(TaskError::NotFound)
}

/// The caller must have seen the version that is there.
pub(super) fn fresh(task: &TaskState, seen: Option<u64>) -> Result<(), TaskError> {
    match seen {
        Some(version) if version != task.version => Err(TaskError::Stale { current: task.version }),
        _ => Ok(()),
    }
}
