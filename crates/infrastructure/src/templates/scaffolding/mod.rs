//! A service in the making: a template's steps write into a tree in memory, which is packed at the end.
//!
//! Nothing touches the disk, so there is no link to write through and nothing to clean up when it is stopped.

mod archive;
mod catalog;
mod entities;
mod fetch;
mod record;
mod tree;

use std::sync::Arc;

use application::JsonObject;
use application::ports::{Outcome, Scaffolding, StepError, StepInfo, StepReport, Values};
use serde_json::Value;

use super::expression::{self, ExpressionError};
use super::library::Loaded;
use super::limits::{Budget, Limits, Stop, Whole};
use super::manifest::{Action, Step};
use super::path::PathError;
use super::secrets::Secrets;
use tree::{OutputTree, TreeError};

/// Why a step fails; the text is for people and never shows a value.
#[derive(Debug, thiserror::Error)]
enum StepFailure {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error("{place}: {source}")]
    Text {
        place: String,
        #[source]
        source: ExpressionError,
    },
    #[error("{place}: {source}")]
    Path {
        place: String,
        #[source]
        source: PathError,
    },
    #[error("{place}: {source}")]
    Tree {
        place: String,
        #[source]
        source: TreeError,
    },
    #[error("{place}: {message}")]
    Wrong { place: String, message: String },
}

impl StepFailure {
    fn into_step_error(self) -> StepError {
        let stop = match &self {
            Self::Stop(stop)
            | Self::Text { source: ExpressionError::Stop(stop), .. }
            | Self::Tree { source: TreeError::Stop(stop), .. } => Some(stop),
            _ => None,
        };
        StepError { retryable: stop.is_some_and(Stop::is_transient), message: self.to_string() }
    }
}

/// One run of a template's steps.
pub(super) struct Run {
    template: Arc<Loaded>,
    values: Values,
    context: JsonObject,
    budget: Budget,
    tree: OutputTree,
    descriptors: Vec<String>,
}

impl Run {
    pub(super) fn new(template: Arc<Loaded>, values: Values, limits: Limits) -> Self {
        // The secrets are not in here: what a template can't see can't end up in what it makes.
        let context = JsonObject::from_iter([("parameters".to_owned(), Value::Object(values.parameters.clone()))]);
        let budget = Budget::new(limits);
        Self {
            template,
            values,
            context,
            budget,
            tree: OutputTree::default(),
            descriptors: vec!["catalog-info.yaml".to_owned()],
        }
    }

    fn step(&mut self, step: &Step) -> Result<Vec<String>, StepFailure> {
        if !self.wanted(step)? {
            return Ok(vec!["skipped: its condition does not hold".to_owned()]);
        }
        match &step.action {
            Action::FetchTemplate(fetch) => self.fetch_template(fetch),
            Action::FetchPlain(fetch) => self.fetch_plain(fetch),
            Action::CatalogWrite(write) => self.catalog_write(write),
        }
    }

    fn wanted(&self, step: &Step) -> Result<bool, StepFailure> {
        let value = match &step.condition {
            None => return Ok(true),
            Some(Value::String(text)) => self.evaluate(text, "if")?,
            Some(other) => Some(other.clone()),
        };
        // As Backstage has it: what is empty, zero, `false` or missing does not hold.
        Ok(value.is_some_and(|value| expression::truth(&value)))
    }

    /// A string of a step's input as a value; `None` where it is undefined.
    fn evaluate(&self, text: &str, place: &str) -> Result<Option<Value>, StepFailure> {
        expression::evaluate(text, &self.context, &self.budget)
            .map_err(|source| StepFailure::Text { place: place.to_owned(), source })
    }

    /// A string of a step's input as text.
    fn text(&self, text: &str, place: &str) -> Result<String, StepFailure> {
        expression::render(text, &self.context, expression::Whitespace::default(), &self.budget)
            .map_err(|source| StepFailure::Text { place: place.to_owned(), source })
    }

    /// A part of an input: every string in it is evaluated, and a member that is undefined is left out. All parts of
    /// one `whole` together are bounded as one value is, while they are put together.
    fn input(&self, value: &Value, place: &str, whole: &mut Whole<'_>) -> Result<Option<Value>, StepFailure> {
        let stop = |stop| StepFailure::Text { place: place.to_owned(), source: ExpressionError::Stop(stop) };
        Ok(Some(match value {
            Value::Array(items) => {
                whole.grow(8).map_err(stop)?;
                let mut evaluated = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    evaluated.extend(self.input(item, &format!("{place}/{index}"), whole)?);
                }
                Value::Array(evaluated)
            }
            Value::Object(members) => {
                whole.grow(8).map_err(stop)?;
                let mut evaluated = JsonObject::new();
                for (name, member) in members {
                    whole.grow(name.len()).map_err(stop)?;
                    if let Some(member) = self.input(member, &format!("{place}/{name}"), whole)? {
                        evaluated.insert(name.clone(), member);
                    }
                }
                Value::Object(evaluated)
            }
            single => {
                let found = match single {
                    Value::String(text) => self.evaluate(text, place)?,
                    plain => Some(plain.clone()),
                };
                found.as_ref().map_or(Ok(()), |value| whole.add(value)).map_err(stop)?;
                return Ok(found);
            }
        }))
    }

    fn pack(mut self) -> Result<Outcome, StepFailure> {
        self.budget.start_step();
        let record = record::write(&self.template.summary.version, &self.values, self.budget.limits.file_bytes)
            .map_err(|message| StepFailure::Wrong { place: record::PATH.to_owned(), message })?;
        self.tree
            .write_record(record::PATH, record.into_bytes(), &self.budget)
            .map_err(|source| StepFailure::Tree { place: record::PATH.to_owned(), source })?;
        let secrets = Secrets::of(&self.values.secrets);
        for (path, file) in self.tree.files() {
            if let Some(name) = secrets.within(path.as_bytes()).or_else(|| secrets.within(&file.bytes)) {
                let place = if secrets.within(path.as_bytes()).is_some() { "a file's name" } else { path };
                let message =
                    format!("has the value of `{name}`, a writeOnly parameter, which must not be in an artifact");
                return Err(StepFailure::Wrong { place: place.to_owned(), message });
            }
            self.budget.check()?;
        }
        let entities = entities::read(&self.tree, &self.descriptors)?;
        let archive = archive::pack(&self.tree, self.values.requested_at)
            .map_err(|error| StepFailure::Wrong { place: "archive".to_owned(), message: error.to_string() })?;
        Ok(Outcome { files: self.tree.into_files(), entities, archive })
    }
}

impl Scaffolding for Run {
    fn steps(&self) -> Vec<StepInfo> {
        let info =
            |step: &Step| StepInfo { id: step.id.clone(), name: step.name.clone(), action: step.verb.to_owned() };
        self.template.manifest.steps.iter().map(info).collect()
    }

    fn run(&mut self, index: usize) -> Result<StepReport, StepError> {
        let template = Arc::clone(&self.template);
        let Some(step) = template.manifest.steps.get(index) else {
            let message = format!("template `{}` has no step {index}", template.summary.version.name);
            return Err(StepError { message, retryable: false });
        };
        self.budget.start_step();
        self.step(step).map(|lines| StepReport { lines }).map_err(StepFailure::into_step_error)
    }

    fn finish(self: Box<Self>) -> Result<Outcome, StepError> {
        self.pack().map_err(StepFailure::into_step_error)
    }
}
