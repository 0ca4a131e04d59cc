use application::ports::Values;
use domain::TemplateVersion;
use serde_json::{Value, json};

use crate::templates::yaml;

/// Where a service says what it was made from.
pub(super) const PATH: &str = ".valkyrie/scaffold.yaml";

/// Whether a path is in the folder that is not for templates, however the system at hand spells it.
pub(super) fn reserves(parts: &[&str]) -> bool {
    parts.first().is_some_and(|first| first.to_lowercase() == ".valkyrie")
}

/// What an update needs to make the service again: the template, and the parameters but for the secrets; `limit` is in
/// bytes.
pub(super) fn write(template: &TemplateVersion, values: &Values, limit: usize) -> Result<String, String> {
    let mut record = json!({
        "apiVersion": "valkyrie.dev/v1",
        "kind": "Scaffold",
        "template": {
            "name": template.name,
            "version": template.version,
            "digest": format!("sha256:{}", template.digest),
        },
        "parameters": values.parameters,
    });
    if let Some(task) = &values.task {
        record["taskId"] = Value::from(task.to_string());
    }
    let text = yaml::write(&record, limit)?;
    Ok(format!("# Written by Valkyrie. It says what this service was made from; updates start from it.\n{text}"))
}
