//! What a template would make of some parameters, without making it.

use std::sync::Arc;

use domain::{JsonObject, excerpt};
use serde_json::Value;
use thiserror::Error;

use crate::clock::Clock;
use crate::ports::{ScaffoldingError, StepError, Templates, Values, Violation};
use crate::tasks::{TaskInput, validate};

/// Tries templates out. Nothing is stored, and no event is published.
#[derive(Clone)]
pub struct Previews {
    templates: Arc<dyn Templates>,
    clock: Clock,
}

/// The service that a task would make.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Its files, by path.
    pub files: Vec<PreviewFile>,
    /// The documents of its `catalog-info.yaml`.
    pub entities: Vec<Value>,
}

/// A file of a service that a task would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFile {
    /// Relative to the service's root, with `/` between its parts.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// Whether it can be run.
    pub executable: bool,
}

/// There is nothing to show.
#[derive(Debug, Error)]
pub enum PreviewError {
    /// No template of that name is offered here.
    #[error("there is no template `{0}` here")]
    UnknownTemplate(String),
    /// The parameters don't fit; everything that is wrong is named.
    #[error("{} of what was given is wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// The template was changed while it was being rendered.
    #[error(transparent)]
    Moved(#[from] ScaffoldingError),
    /// One of the template's steps failed, as it would in a task.
    #[error("step `{step}` failed")]
    Failed {
        /// The id of the step.
        step: String,
        /// What went wrong.
        #[source]
        error: StepError,
    },
}

impl Previews {
    /// Previews of these templates.
    pub fn new(templates: Arc<dyn Templates>, clock: Clock) -> Self {
        Self { templates, clock }
    }

    /// Renders a template and returns what it makes. It uses the processor and blocks: call it off the async threads.
    pub fn preview(&self, template: &str, parameters: JsonObject) -> Result<Preview, PreviewError> {
        if self.templates.find(template).is_none() {
            return Err(PreviewError::UnknownTemplate(excerpt(template)));
        }
        let input = TaskInput { template: template.to_owned(), parameters, account: None };
        let validated = validate(self.templates.as_ref(), input).map_err(PreviewError::Invalid)?;
        let values = Values {
            task: None,
            parameters: validated.spec.parameters,
            secrets: validated.secrets,
            requested_at: self.clock.now(),
        };
        let mut scaffolding = self.templates.open(&validated.spec.template, values)?;
        for (index, step) in scaffolding.steps().into_iter().enumerate() {
            scaffolding.run(index).map_err(|error| PreviewError::Failed { step: step.id, error })?;
        }
        let outcome =
            scaffolding.finish().map_err(|error| PreviewError::Failed { step: "artifact".to_owned(), error })?;
        let files = outcome.files.into_iter().map(|file| PreviewFile {
            path: file.path,
            size: file.bytes.len() as u64,
            executable: file.executable,
        });
        Ok(Preview { files: files.collect(), entities: outcome.entities })
    }
}
