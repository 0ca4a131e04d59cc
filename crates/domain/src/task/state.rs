use chrono::{DateTime, Utc};

use super::id::TaskId;
use super::status::Status;
use crate::account::AccountInfo;
use crate::actor::Actor;
use crate::entity_ref::EntityRef;
use crate::json::JsonObject;
use crate::service_name::ServiceName;
use crate::template::TemplateVersion;

/// Everything there is to know about a task at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskState {
    /// Its identity.
    pub id: TaskId,
    /// Where it stands.
    pub status: Status,
    /// What it is made from.
    pub template: TemplateVersion,
    /// The name of the service, where the template has a parameter `name`.
    pub name: Option<ServiceName>,
    /// The parameters, defaults filled in and secrets left out.
    pub parameters: JsonObject,
    /// The cloud account that the service is for.
    pub account: Option<AccountInfo>,
    /// Which attempt this is: 1 for the first, one more with each retry.
    pub attempt: u32,
    /// The catalog entities that the finished service has.
    pub entity_refs: Vec<EntityRef>,
    /// The rendered service, once completed.
    pub artifact: Option<Artifact>,
    /// Why the last attempt failed, while the task is failed.
    pub failure: Option<Failure>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Whose task it is.
    pub created_by: Actor,
    /// Who asked to stop it, while it is cancelling.
    pub cancelled_by: Option<Actor>,
    /// Counts its changes, from 1.
    pub version: u64,
}

impl TaskState {
    /// Whether it is what this specification asks for already.
    pub fn matches_spec(&self, spec: &TaskSpec) -> bool {
        let TaskSpec { template, name, parameters, account } = spec;
        self.template == *template && self.name == *name && self.parameters == *parameters && self.account == *account
    }
}

/// The specification of a task: everything that a new task is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSpec {
    /// What to make it from.
    pub template: TemplateVersion,
    /// The name of the service, where the template has a parameter `name`.
    pub name: Option<ServiceName>,
    /// The parameters, defaults filled in and secrets left out.
    pub parameters: JsonObject,
    /// The cloud account that the service is for.
    pub account: Option<AccountInfo>,
}

/// The rendered service, as an archive to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// When it is thrown away.
    pub expires_at: DateTime<Utc>,
}

/// Where and why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The id of the step that failed.
    pub step: String,
    /// What went wrong, for a person to read.
    pub message: String,
    /// Whether the same may work another time.
    pub retryable: bool,
}
