use std::collections::BTreeSet;

use application::JsonObject;
use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

use super::violations::SchemaViolation;
use super::{defaults, keywords, secrets, violations};
use crate::templates::error::TemplateErrors;

/// Bytes that one compiled `pattern` may take; patterns run in linear time (no backtracking) however they are written.
const PATTERN_BYTES: usize = 1 << 20;

/// The parameters that a template declares.
#[derive(Debug)]
pub(in crate::templates) struct ParameterSchema {
    document: Value,
    validator: Validator,
    secrets: Vec<Vec<String>>,
    server: JsonObject,
}

impl ParameterSchema {
    /// Checks a merged schema object (`at` is where it stands in the file) and makes it ready.
    pub(in crate::templates) fn new(mut document: Value, at: &str, faults: &mut TemplateErrors) -> Option<Self> {
        let before = faults.count();
        keywords::check(&document, at, faults);
        close(&mut document);
        for error in jsonschema::draft202012::meta::validator().iter_errors(&document) {
            let place = format!("{at}{}", error.instance_path());
            faults.add(place, "a schema that is none".to_owned(), violations::expected(&error));
        }
        if faults.count() > before {
            return None;
        }
        if let Value::Object(members) = &mut document {
            members.shift_insert(0, "$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        }
        match compile(&document) {
            Ok(validator) => {
                let secrets = secrets::paths(&document);
                let schema = Self { document, validator, secrets, server: JsonObject::new() };
                schema.check_own_defaults(at, faults);
                Some(schema)
            }
            Err(error) => {
                faults.add(
                    format!("{at}{}", error.instance_path()),
                    error.to_string(),
                    "a schema that can be compiled",
                );
                None
            }
        }
    }

    /// The schema as it is shown: one object of JSON Schema 2020-12.
    pub(in crate::templates) fn document(&self) -> &Value {
        &self.document
    }

    /// Paths of the parameters whose values are secret.
    pub(in crate::templates) fn secrets(&self) -> &[Vec<String>] {
        &self.secrets
    }

    /// The names of all parameters that are declared.
    pub(in crate::templates) fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        keywords::declared(&self.document, &mut names);
        names
    }

    /// Values that the server's configuration supplies; violations are found here, not with the first request.
    pub(in crate::templates) fn set_server_defaults(&mut self, values: &JsonObject) -> Vec<SchemaViolation> {
        let found = self.violations(&Value::Object(values.clone()), false);
        if found.is_empty() {
            self.server.clone_from(values);
        }
        found
    }

    /// What is given, filled up with defaults, as parameters and secrets.
    pub(in crate::templates) fn accept(
        &self,
        given: JsonObject,
    ) -> Result<(JsonObject, JsonObject), Vec<SchemaViolation>> {
        let mut found = violations::control_characters(&given);
        let mut all = given;
        defaults::fill(&mut all, &self.server);
        defaults::fill_from_schema(&mut all, &self.document);
        let all = Value::Object(all);
        found.extend(self.violations(&all, true));
        if !found.is_empty() {
            violations::shorten(&mut found);
            return Err(found);
        }
        let Value::Object(mut parameters) = all else { return Err(Vec::new()) };
        let secrets = secrets::split(&mut parameters, &self.secrets);
        Ok((parameters, secrets))
    }

    fn violations(&self, instance: &Value, complete: bool) -> Vec<SchemaViolation> {
        // The usual case is the cheaper question.
        if self.validator.is_valid(instance) {
            return Vec::new();
        }
        violations::list(self.validator.iter_errors(instance), &self.document, complete)
    }

    fn check_own_defaults(&self, at: &str, faults: &mut TemplateErrors) {
        let mut own = JsonObject::new();
        defaults::fill_from_schema(&mut own, &self.document);
        for found in self.violations(&Value::Object(own), false) {
            let name = found.pointer.split('/').nth(1).unwrap_or_default().to_owned();
            faults.add(format!("{at}/properties/{name}"), format!("a default that {}", found.detail), found.expected);
        }
    }
}

fn compile(document: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .build(document)
}

/// Refuses what is not declared: at the root always, and below it in each object that lists its properties and says
/// nothing of others.
fn close(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.values_mut().filter(|property| property.get("properties").is_some()).for_each(close);
    }
    if !members.contains_key("additionalProperties") && !members.contains_key("unevaluatedProperties") {
        // Not `additionalProperties`: branches (`allOf`, `if`, `dependentSchemas`) may declare parameters too.
        members.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}
