use domain::{Change, JsonObject, TaskId, TaskState};

use super::caller::Caller;
use super::defaults::without_defaults;
use super::disclosure::refuse_disclosure;
use super::error::TaskError;
use super::input::{AccountInput, TaskInput};
use super::merge::merge;
use super::scaffold_tasks::{ScaffoldTasks, check_version};
use crate::ports::Templates;

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

impl DraftPatch {
    /// The draft with the patch: its parameters, together with the secrets that were kept, as if all were given anew.
    fn apply(self, templates: &dyn Templates, draft: &TaskState, kept: &JsonObject) -> TaskInput {
        let mut input = TaskInput::from(draft);
        if let Some(template) = self.template.filter(|template| *template != input.template) {
            input.parameters = without_defaults(templates, &input.template, input.parameters, kept);
            input.template = template;
        }
        merge(&mut input.parameters, kept.clone());
        merge(&mut input.parameters, self.parameters);
        if let Some(patch) = self.account {
            input.account = patch.map(|patch| patch.apply(input.account.unwrap_or_default()));
        }
        input
    }
}

impl AccountPatch {
    fn apply(self, account: AccountInput) -> AccountInput {
        AccountInput {
            identifier: self.identifier.unwrap_or(account.identifier),
            role: self.role.unwrap_or(account.role),
            provider: self.provider.unwrap_or(account.provider),
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
        let mut task = work.task(&caller.viewer, id).await?.ok_or(TaskError::NotFound)?;
        check_version(task.state(), seen)?;
        task.check(Change::Edit)?;
        // Secrets count as given, or a required one would seem to be missing.
        let kept = self.store.secrets(id).await?;
        let given_anew = patch.parameters.clone();
        let input = patch.apply(self.templates.as_ref(), task.state(), &kept);
        let validated = self.validate(input).await?;
        refuse_disclosure(&kept, &given_anew, &validated.spec.parameters)?;
        // What changes nothing is no event.
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
        self.commit_to_seen_version(work, &caller.viewer, id).await?;
        Ok(state)
    }
}
