use std::sync::Arc;

use application::JsonObject;
use serde_json::Value;

use super::failure::StepFailure;
use super::tree::OutputTree;
use crate::templates::expression::{self, ExpressionError};
use crate::templates::limits::{Budget, Limits, Whole};
use crate::templates::loaded::Loaded;

/// What the steps of one run work on.
pub(super) struct Workspace {
    pub(super) template: Arc<Loaded>,
    /// What the texts of steps see.
    context: JsonObject,
    pub(super) budget: Budget,
    pub(super) tree: OutputTree,
    /// The files that hold catalog documents, if they are there.
    pub(super) descriptors: Vec<String>,
}

impl Workspace {
    /// An empty one, for a template with these parameters.
    pub(super) fn new(template: Arc<Loaded>, parameters: JsonObject, limits: Limits) -> Self {
        // Secrets are not in here: what a template can't see can't end up in what it makes.
        let context = JsonObject::from_iter([("parameters".to_owned(), Value::Object(parameters))]);
        let descriptors = vec!["catalog-info.yaml".to_owned()];
        Self { template, context, budget: Budget::new(limits), tree: OutputTree::default(), descriptors }
    }

    /// A string of a step's input as a value; `None` where it is undefined.
    pub(super) fn evaluate(&self, text: &str, place: &str) -> Result<Option<Value>, StepFailure> {
        expression::evaluate(text, &self.context, &self.budget)
            .map_err(|source| StepFailure::Text { place: place.to_owned(), source })
    }

    /// A string of a step's input as text.
    pub(super) fn text(&self, text: &str, place: &str) -> Result<String, StepFailure> {
        expression::render(text, &self.context, expression::Whitespace::default(), &self.budget)
            .map_err(|source| StepFailure::Text { place: place.to_owned(), source })
    }

    /// A part of an input: every string in it is evaluated, and a member that is undefined is left out. All parts of
    /// one `whole` together are bounded as one value is, while they are put together.
    pub(super) fn input(
        &self,
        value: &Value,
        place: &str,
        whole: &mut Whole<'_>,
    ) -> Result<Option<Value>, StepFailure> {
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
}
