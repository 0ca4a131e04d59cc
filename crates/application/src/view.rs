//! How a task is shown: the same in the API's answers and in the events on the topic.

use chrono::{DateTime, Utc};
use domain::{AccountInfo, Artifact, Failure, JsonObject, TaskState, TemplateVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A scaffold task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ScaffoldTask)]
#[schemars(rename = "ScaffoldTask")]
pub struct TaskView {
    /// Its identity, a UUID of version 7.
    pub id: Uuid,
    /// `draft`, `queued`, `running`, `cancelling`, `completed`, `failed`, `cancelled` or `decommissioned`. Tolerate words that you don't know.
    #[schema(example = "queued")]
    pub status: String,
    /// The template that it is made from.
    pub template: TemplateView,
    /// The parameters with defaults filled in; write-only ones never show.
    #[schema(value_type = Object)]
    pub parameters: JsonObject,
    /// The cloud account that the service is for.
    #[schema(required)]
    pub account: Option<AccountView>,
    /// Counts the attempts, from 1.
    pub attempt: u32,
    /// The catalog entities of the finished service.
    pub entity_refs: Vec<String>,
    /// The finished service as an archive.
    #[schema(required)]
    pub artifact: Option<ArtifactView>,
    /// Why it failed, while it is failed.
    #[schema(required)]
    pub failure: Option<FailureView>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The subject that created it.
    pub created_by: String,
    /// Counts its changes; quoted, it is the task's `ETag`.
    pub version: u64,
}

/// The exact template that a task is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[schema(as = TemplateVersion)]
#[schemars(rename = "TemplateVersion")]
pub struct TemplateView {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its contents, in hexadecimal digits.
    pub digest: String,
}

/// The cloud account that a service is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[schema(as = AccountInfo)]
#[schemars(rename = "AccountInfo")]
pub struct AccountView {
    /// The provider's identifier of the account.
    pub identifier: String,
    /// The role to act in.
    #[schema(required)]
    pub role: Option<String>,
    /// The provider, such as `azure` or `aws`.
    pub provider: String,
}

/// The finished service as an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Artifact)]
#[schemars(rename = "Artifact")]
pub struct ArtifactView {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// When it is thrown away.
    pub expires_at: DateTime<Utc>,
}

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[schema(as = Failure)]
#[schemars(rename = "Failure")]
pub struct FailureView {
    /// The id of the step.
    pub step: String,
    /// What went wrong.
    pub message: String,
    /// Whether a retry may help.
    pub retryable: bool,
}

impl From<&TaskState> for TaskView {
    fn from(task: &TaskState) -> Self {
        Self {
            id: task.id.as_uuid(),
            status: task.status.as_str().to_owned(),
            template: TemplateView::from(&task.template),
            parameters: task.parameters.clone(),
            account: task.account.as_ref().map(AccountView::from),
            attempt: task.attempt,
            entity_refs: task.entity_refs.iter().map(ToString::to_string).collect(),
            artifact: task.artifact.as_ref().map(ArtifactView::from),
            failure: task.failure.as_ref().map(FailureView::from),
            created_at: task.created_at,
            updated_at: task.updated_at,
            created_by: task.created_by.subject.clone(),
            version: task.version,
        }
    }
}

impl From<&TemplateVersion> for TemplateView {
    fn from(template: &TemplateVersion) -> Self {
        let TemplateVersion { name, version, digest } = template.clone();
        Self { name, version, digest }
    }
}

impl From<&AccountInfo> for AccountView {
    fn from(account: &AccountInfo) -> Self {
        let AccountInfo { identifier, role, provider } = account.clone();
        Self { identifier, role, provider }
    }
}

impl From<&Artifact> for ArtifactView {
    fn from(artifact: &Artifact) -> Self {
        let Artifact { size, sha256, expires_at } = artifact.clone();
        Self { size, sha256, expires_at }
    }
}

impl From<&Failure> for FailureView {
    fn from(failure: &Failure) -> Self {
        let Failure { step, message, retryable } = failure.clone();
        Self { step, message, retryable }
    }
}
