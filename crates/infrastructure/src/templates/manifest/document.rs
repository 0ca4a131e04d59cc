use serde_json::Value;

use super::fields::Fields;
use super::metadata::Metadata;
use super::parameters;
use super::steps::{self, Step};
use crate::templates::error::{TemplateError, TemplateErrors};
use crate::templates::schema::ParameterSchema;
use crate::templates::source::SourceTree;
use crate::templates::yaml;

/// The file that makes a folder a template.
pub(in crate::templates) const FILE: &str = "template.yaml";

/// A template as it was declared, checked.
#[derive(Debug)]
pub(in crate::templates) struct Manifest {
    pub(in crate::templates) metadata: Metadata,
    pub(in crate::templates) parameters: ParameterSchema,
    pub(in crate::templates) steps: Vec<Step>,
}

impl Manifest {
    /// Reads `template.yaml` of a tree, and checks every text that its steps will render.
    pub(in crate::templates) fn read(tree: &SourceTree) -> Result<Self, Vec<TemplateError>> {
        let alone = |found: String, expected: &str| vec![TemplateError::new(FILE, "", found, expected)];
        let file = tree.get(FILE).ok_or_else(|| alone("there is no such file".to_owned(), "a Backstage template"))?;
        let text = file.text().ok_or_else(|| alone("it is no UTF-8 text".to_owned(), "YAML"))?;
        let document = yaml::document(text).map_err(|error| alone(error, "one YAML document"))?;
        let mut faults = TemplateErrors::of(FILE);
        let manifest = Self::check(&document, tree, &mut faults);
        match manifest {
            Some(manifest) if faults.is_empty() => Ok(manifest),
            _ => Err(faults.into_list()),
        }
    }

    fn check(document: &Value, tree: &SourceTree, faults: &mut TemplateErrors) -> Option<Self> {
        let mut root = Fields::of(document, "", faults)?;
        root.exactly("apiVersion", "scaffolder.backstage.io/v1beta3", faults);
        root.exactly("kind", "Template", faults);
        let metadata = root.take("metadata");
        let spec = root.take("spec");
        root.finish(faults, &["apiVersion", "kind", "metadata", "spec"]);

        let spec_at = spec.unwrap_or(&Value::Null);
        let mut spec = Fields::of(spec_at, "/spec", faults);
        let metadata = Metadata::read(metadata.unwrap_or(&Value::Null), spec.as_mut(), faults);
        let mut spec = spec?;
        let parameters = parameters::merge(spec.take("parameters"), faults);
        let parameters = parameters.and_then(|merged| ParameterSchema::new(merged, "/spec/parameters", faults));
        let declared = spec.take("steps");
        spec.finish(faults, &["owner", "type", "parameters", "steps"]);
        let parameters = parameters?;
        let steps = steps::read(declared, &parameters, tree, faults);
        Some(Self { metadata: metadata?, parameters, steps })
    }
}
