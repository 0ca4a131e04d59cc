use domain::JsonObject;

use super::merge::merge;
use crate::ports::Templates;

/// The parameters without those that only hold the default of the template that they were given to: they were not
/// asked for, and another template has defaults of its own, or does not know them.
///
/// What the template would put there again is its default, whether that comes from its schema or from the server.
pub(super) fn without_defaults(
    templates: &dyn Templates,
    template: &str,
    parameters: JsonObject,
    secrets: &JsonObject,
) -> JsonObject {
    let Some(template) = templates.find(template) else { return parameters };
    let mut all = parameters.clone();
    merge(&mut all, secrets.clone());
    let is_default = |name: &String, value: &serde_json::Value| {
        let mut others = all.clone();
        others.remove(name);
        templates.accept(&template, others).is_ok_and(|accepted| accepted.parameters.get(name) == Some(value))
    };
    parameters.into_iter().filter(|(name, value)| !is_default(name, value)).collect()
}
