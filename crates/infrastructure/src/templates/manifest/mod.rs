//! `template.yaml`: Backstage's Software Template (`scaffolder.backstage.io/v1beta3`), in the subset that we carry out.
//!
//! What is not in the subset is refused here, with everything that is wrong named at once: a template that loads does
//! what it says.

mod inputs;
mod metadata;
mod parameters;
mod sources;
mod steps;

use application::JsonObject;
use serde_json::Value;

use super::error::{TemplateError, TemplateErrors, kind_of, token};
use super::schema::ParameterSchema;
use super::source::SourceTree;
use super::yaml;

pub(super) use inputs::{Action, CatalogWrite, FetchPlain, FetchTemplate};
pub(super) use metadata::Metadata;
pub(super) use steps::Step;

/// The file that makes a folder a template.
pub(super) const FILE: &str = "template.yaml";

/// A template as it was declared, checked.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) metadata: Metadata,
    pub(super) parameters: ParameterSchema,
    pub(super) steps: Vec<Step>,
}

impl Manifest {
    /// Reads `template.yaml` of a tree, and checks every text that its steps will render.
    pub(super) fn read(tree: &SourceTree) -> Result<Self, Vec<TemplateError>> {
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

/// Reads an object of the manifest member by member, and refuses what nobody asked for.
pub(super) struct Fields<'v> {
    members: &'v JsonObject,
    at: String,
    taken: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    fn of(value: &'v Value, at: &str, faults: &mut TemplateErrors) -> Option<Self> {
        if let Value::Object(members) = value {
            return Some(Self { members, at: at.to_owned(), taken: Vec::new() });
        }
        faults.add(at, if value.is_null() { "nothing" } else { kind_of(value) }, "an object");
        None
    }

    fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.taken.push(name);
        self.members.get(name)
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{}", self.at, token(name))
    }

    /// A text without blanks around it, or nothing.
    fn text(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Option<&'v str> {
        match self.take(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim()),
            Value::String(_) => {
                faults.add(self.at(name), "an empty string", "a text");
                None
            }
            other => {
                faults.add(self.at(name), kind_of(other), "a string");
                None
            }
        }
    }

    fn required_text(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Option<&'v str> {
        if !self.members.contains_key(name) {
            faults.add(self.at(name), "nothing", "a text");
        }
        self.text(name, faults)
    }

    fn flag(&mut self, name: &'static str, faults: &mut TemplateErrors) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                faults.add(self.at(name), kind_of(other), "`true` or `false`, written out");
                false
            }
        }
    }

    fn texts(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Value::Array(items) = value else {
            faults.add(self.at(name), kind_of(value), "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => faults.add(format!("{}/{index}", self.at(name)), kind_of(item), "a string"),
            }
        }
        texts
    }

    fn exactly(&mut self, name: &'static str, expected: &str, faults: &mut TemplateErrors) {
        match self.take(name) {
            Some(Value::String(text)) if text == expected => {}
            Some(Value::String(text)) => faults.add(self.at(name), format!("`{text}`"), format!("`{expected}`")),
            Some(other) => faults.add(self.at(name), kind_of(other), format!("`{expected}`")),
            None => faults.add(self.at(name), "nothing", format!("`{expected}`")),
        }
    }

    /// Refuses the members that nobody has taken.
    fn finish(self, faults: &mut TemplateErrors, known: &[&str]) {
        self.finish_with(faults, known, |_| None);
    }

    /// The same, with a better word for some.
    fn finish_with(self, faults: &mut TemplateErrors, known: &[&str], hint: impl Fn(&str) -> Option<&'static str>) {
        for name in self.members.keys().filter(|name| !self.taken.contains(&name.as_str())) {
            let expected = hint(name).map_or_else(|| format!("only {}", known.join(", ")), str::to_owned);
            faults.add(self.at(name), format!("`{name}`, which is not supported"), expected);
        }
    }
}
