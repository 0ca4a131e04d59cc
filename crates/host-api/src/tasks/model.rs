//! The bodies of requests.

#![expect(clippy::option_option, reason = "a merge patch tells what is null from what is not there")]

use application::JsonObject;
use application::tasks::{AccountInput, AccountPatch, DraftPatch, TaskInput};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A request for a service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"template": "event-service", "parameters": {"name": "payments", "owner": "group:default/team-a"}}))]
pub(crate) struct NewTask {
    /// The name of a template.
    #[schemars(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub(crate) template: String,
    /// What the template declares; see `parameters` at `/api/v1/templates/{name}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) parameters: JsonObject,
    /// The cloud account that the service is for.
    #[serde(default)]
    pub(crate) account: Option<NewAccount>,
    /// Whether to make it now; `false` keeps a draft.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(crate) start: bool,
}

/// A cloud account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// The provider's identifier of the account.
    #[schema(min_length = 1, max_length = 256, example = "123456789012")]
    identifier: String,
    /// The role to act in.
    #[serde(default)]
    role: Option<String>,
    /// The provider. It may be left out where the identifier gives it away: a UUID means `azure`, 12 digits mean `aws`.
    #[serde(default)]
    provider: Option<String>,
}

/// A JSON merge patch (RFC 7396) of a draft: what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parameters": {"owner": "group:default/team-b", "description": null}}))]
pub(crate) struct TaskPatch {
    /// The name of another template.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1, max = 256))]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256)]
    template: Option<String>,
    /// What changes in the parameters; `null` takes one back to its default.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: JsonObject,
    /// What changes in the account; `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<ChangedAccount>")]
    #[schema(value_type = Option<ChangedAccount>)]
    account: Option<Option<ChangedAccount>>,
}

/// What changes in an account.
#[derive(Debug, Clone, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedAccount {
    /// Another identifier.
    #[serde(default)]
    #[schemars(with = "String")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256)]
    identifier: Option<String>,
    /// Another role; `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    #[schema(value_type = Option<String>)]
    role: Option<Option<String>>,
    /// Another provider; `null` derives it from the identifier.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    #[schema(value_type = Option<String>)]
    provider: Option<Option<String>>,
}

/// What a retry needs anew.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retry {
    /// The write-only parameters, which were erased when the task failed. Others can't be changed.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) parameters: JsonObject,
}

const fn yes() -> bool {
    true
}

/// Tells a field that is `null` (`Some(None)`) from one that is not there (`None`).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<NewTask> for TaskInput {
    fn from(task: NewTask) -> Self {
        let NewTask { template, parameters, account, start: _ } = task;
        Self { template, parameters, account: account.map(AccountInput::from) }
    }
}

impl From<NewAccount> for AccountInput {
    fn from(NewAccount { identifier, role, provider }: NewAccount) -> Self {
        Self { identifier, role, provider }
    }
}

impl From<TaskPatch> for DraftPatch {
    fn from(TaskPatch { template, parameters, account }: TaskPatch) -> Self {
        Self { template, parameters, account: account.map(|account| account.map(AccountPatch::from)) }
    }
}

impl From<ChangedAccount> for AccountPatch {
    fn from(ChangedAccount { identifier, role, provider }: ChangedAccount) -> Self {
        Self { identifier, role, provider }
    }
}
