use std::collections::BTreeSet;

use serde_json::Value;

use super::action::Action;
use super::context::{Context, check_text};
use super::fields::Fields;
use super::inputs;
use crate::templates::error::{TemplateErrors, kind_of};
use crate::templates::expression::Names;
use crate::templates::schema::ParameterSchema;
use crate::templates::source::SourceTree;

/// Steps of one template; each may write all that a service has.
const MAX_STEPS: usize = 100;

/// One step of a template.
#[derive(Debug, Clone)]
pub(in crate::templates) struct Step {
    pub(in crate::templates) id: String,
    pub(in crate::templates) name: String,
    /// The action's name, as the template has it.
    pub(in crate::templates) verb: &'static str,
    /// Whether it is done at all: a boolean, or a text to evaluate.
    pub(in crate::templates) condition: Option<Value>,
    pub(in crate::templates) action: Action,
}

pub(super) fn read(
    declared: Option<&Value>,
    parameters: &ParameterSchema,
    tree: &SourceTree,
    faults: &mut TemplateErrors,
) -> Vec<Step> {
    let steps = match declared {
        Some(Value::Array(steps)) if steps.len() > MAX_STEPS => {
            faults.add("/spec/steps", format!("{} steps", steps.len()), format!("at most {MAX_STEPS}"));
            return Vec::new();
        }
        Some(Value::Array(steps)) if !steps.is_empty() => steps,
        Some(Value::Array(_)) | None => {
            faults.add("/spec/steps", "no steps", "a list of at least one");
            return Vec::new();
        }
        Some(other) => {
            faults.add("/spec/steps", kind_of(other), "a list of steps");
            return Vec::new();
        }
    };
    let names = Names { root: "parameters", members: parameters.names(), secrets: parameters.secrets().to_vec() };
    let context = Context { names, tree };
    let mut ids = BTreeSet::new();
    let mut found = Vec::new();
    for (index, value) in steps.iter().enumerate() {
        if let Some(step) = step(value, index, &context, faults) {
            if !ids.insert(step.id.clone()) {
                faults.add(
                    format!("/spec/steps/{index}/id"),
                    format!("`{}` a second time", step.id),
                    "an id of its own",
                );
            }
            found.push(step);
        }
    }
    found
}

fn step(value: &Value, index: usize, context: &Context<'_>, faults: &mut TemplateErrors) -> Option<Step> {
    let at = format!("/spec/steps/{index}");
    let mut fields = Fields::of(value, &at, faults)?;
    let id = fields.text("id", faults).map_or_else(|| format!("step-{}", index + 1), str::to_owned);
    if id.len() > 63 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        faults.add(format!("{at}/id"), format!("`{}`", id.escape_default()), "up to 63 letters, digits, `-` and `_`");
    }
    let name = fields.text("name", faults).unwrap_or(&id).to_owned();
    let condition = fields.take("if").cloned();
    match &condition {
        None | Some(Value::Bool(_)) => {}
        Some(Value::String(text)) => check_text(text, &format!("{at}/if"), &context.names, faults),
        Some(other) => faults.add(format!("{at}/if"), kind_of(other), "a boolean, or a string with `${{ … }}`"),
    }
    let action = fields.required_text("action", faults);
    let input = fields.take("input");
    fields.finish_with(faults, &["id", "name", "if", "action", "input"], |name| match name {
        "each" => Some("no `each`: a step for each, or a loop in a file"),
        _ => None,
    });
    let (verb, action) = inputs::read(action?, input, &format!("{at}/input"), context, faults, &at)?;
    Some(Step { id, name, verb, condition, action })
}
