use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{JsonObject, TaskId, TemplateVersion};
use serde_json::Value;
use thiserror::Error;

use super::violation::Violation;

/// The templates that this installation offers.
pub trait Templates: Send + Sync {
    /// All of them, by name.
    fn list(&self) -> Vec<Arc<Template>>;

    /// The one of this name.
    fn find(&self, name: &str) -> Option<Arc<Template>>;

    /// Checks parameters against the template's schema: fills in defaults (the server's, then the template's), splits off
    /// what is `writeOnly`, and refuses what the template does not declare. The error names everything that is wrong.
    fn accept(&self, template: &Template, given: JsonObject) -> Result<Accepted, Vec<Violation>>;

    /// Gets ready to make a service from exactly this version of a template.
    fn open(&self, template: &TemplateVersion, values: Values) -> Result<Box<dyn Scaffolding>, ScaffoldingError>;
}

/// A template, as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Name, version and digest.
    pub version: TemplateVersion,
    /// A title for people.
    pub title: String,
    /// What it makes.
    pub description: String,
    /// Who keeps it, as an entity reference.
    pub owner: Option<String>,
    /// What kind of thing it makes, such as `service`.
    pub kind: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it declares: one JSON Schema (2020-12) of an object.
    pub parameters: Value,
}

/// Parameters that fit a template.
#[derive(Clone, Default, PartialEq)]
pub struct Accepted {
    /// What may be shown.
    pub parameters: JsonObject,
    /// What may not (`writeOnly`).
    pub secrets: JsonObject,
}

/// What a template is filled with.
#[derive(Clone, PartialEq)]
pub struct Values {
    /// The task that wants it; `None` for a dry run or the command line.
    pub task: Option<TaskId>,
    /// The parameters that may be shown.
    pub parameters: JsonObject,
    /// Those that may not.
    pub secrets: JsonObject,
    /// The only time that a template can see.
    pub requested_at: DateTime<Utc>,
}

// Printing a value must not put its secrets into a log: their names are enough there.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameters, secrets } = self;
        f.debug_struct("Accepted").field("parameters", parameters).field("secrets", &names(secrets)).finish()
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, parameters, secrets, requested_at } = self;
        f.debug_struct("Values")
            .field("task", task)
            .field("parameters", parameters)
            .field("secrets", &names(secrets))
            .field("requested_at", requested_at)
            .finish()
    }
}

fn names(secrets: &JsonObject) -> Vec<&String> {
    secrets.keys().collect()
}

/// A service in the making. Its methods use the processor and block: call them off the async threads.
pub trait Scaffolding: Send {
    /// The steps, in order.
    fn steps(&self) -> Vec<StepInfo>;

    /// Does one step; steps are done in order, each once.
    fn run(&mut self, index: usize) -> Result<StepReport, StepError>;

    /// Packs what the steps made. Equal inputs make equal bytes.
    fn finish(self: Box<Self>) -> Result<Outcome, StepError>;
}

/// A step of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepInfo {
    /// Its id within the template.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it does, such as `fetch:template`.
    pub action: String,
}

/// What a step did, in lines for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepReport {
    /// The lines.
    pub lines: Vec<String>,
}

/// A finished service.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its files, by path.
    pub files: Vec<RenderedFile>,
    /// The documents of its `catalog-info.yaml`.
    pub entities: Vec<Value>,
    /// All of it as a `.tar.gz`.
    pub archive: Vec<u8>,
}

/// One file of a finished service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// Relative to the service's root, with `/` between its parts.
    pub path: String,
    /// Whether it can be run.
    pub executable: bool,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A template can't be opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScaffoldingError {
    /// No template of that name is offered here.
    #[error("there is no template `{0}` here")]
    Unknown(String),
    /// The template was changed since.
    #[error(
        "template `{name}` is no longer here as it was asked for (digest {wanted}, now {found}): request or retry the task to use the current version"
    )]
    Changed {
        /// The template's name.
        name: String,
        /// The digest that the task asked for.
        wanted: String,
        /// The digest that is offered now.
        found: String,
    },
}

/// A step failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct StepError {
    /// Where and why, for people; never a secret.
    pub message: String,
    /// Whether the same may work another time.
    pub retryable: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let secrets = json!({"token": "hunter2"}).as_object().cloned().unwrap_or_default();
        let accepted = Accepted { parameters: JsonObject::new(), secrets: secrets.clone() };
        let values = Values { task: None, parameters: JsonObject::new(), secrets, requested_at: DateTime::UNIX_EPOCH };
        let printed = format!("{accepted:?} {values:?}");
        assert!(printed.contains("token") && !printed.contains("hunter2"), "{printed}");
    }
}
