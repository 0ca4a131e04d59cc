//! Templates that need no files: `service` (with a secret and a default), `plain` (without them), `nameless` (makes no
//! named thing) and `broken` (its second step fails).

use std::sync::Arc;

use application::JsonObject;
use application::domain::TemplateVersion;
use application::ports::{
    Accepted, Outcome, RenderedFile, Scaffolding, ScaffoldingError, StepError, StepInfo, StepReport, Template,
    Templates, Values, Violation,
};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

pub(crate) struct FakeTemplates;

impl Templates for FakeTemplates {
    fn list(&self) -> Vec<Arc<Template>> {
        ["service", "broken", "nameless"].iter().filter_map(|name| self.find(name)).collect()
    }

    fn find(&self, name: &str) -> Option<Arc<Template>> {
        let parameters = match name {
            "service" | "broken" => json!({
                "type": "object",
                "required": ["name", "owner"],
                "additionalProperties": false,
                "properties": {
                    "name": {"type": "string"},
                    "owner": {"type": "string"},
                    "replicas": {"type": "integer", "minimum": 1, "default": 2},
                    "token": {"type": "string", "writeOnly": true},
                },
            }),
            "plain" => json!({
                "type": "object",
                "required": ["name", "owner"],
                "additionalProperties": false,
                "properties": {"name": {"type": "string"}, "owner": {"type": "string"}},
            }),
            "nameless" => json!({"type": "object"}),
            _ => return None,
        };
        Some(Arc::new(Template {
            version: TemplateVersion { name: name.into(), version: "1.2.0".into(), digest: "d".repeat(64) },
            title: format!("A {name}"),
            description: "For tests".into(),
            owner: Some("group:default/platform".into()),
            kind: "service".into(),
            tags: vec!["rust".into()],
            parameters,
        }))
    }

    fn accept(&self, template: &Template, mut given: JsonObject) -> Result<Accepted, Vec<Violation>> {
        let validator = Validator::new(&template.parameters).unwrap();
        let all = Value::Object(given.clone());
        let violations: Vec<_> = validator
            .iter_errors(&all)
            .map(|error| Violation {
                pointer: match error.kind() {
                    ValidationErrorKind::AdditionalProperties { unexpected } => format!("/{}", unexpected[0]),
                    _ => error.instance_path().to_string(),
                },
                detail: error.to_string(),
                expected: "what the schema says".into(),
            })
            .collect();
        if !violations.is_empty() {
            return Err(violations);
        }
        if template.parameters["properties"]["replicas"].is_object() {
            given.entry("replicas").or_insert(json!(2));
        }
        let (secrets, parameters) = given.into_iter().partition(|(key, _)| key == "token");
        Ok(Accepted { parameters, secrets })
    }

    fn open(&self, template: &TemplateVersion, values: Values) -> Result<Box<dyn Scaffolding>, ScaffoldingError> {
        Ok(Box::new(FakeScaffolding { broken: template.name == "broken", values }))
    }
}

struct FakeScaffolding {
    broken: bool,
    values: Values,
}

impl Scaffolding for FakeScaffolding {
    fn steps(&self) -> Vec<StepInfo> {
        let step = |id: &str| StepInfo { id: id.into(), name: id.into(), action: "fetch:template".into() };
        vec![step("fetch"), step("catalog")]
    }

    fn run(&mut self, index: usize) -> Result<StepReport, StepError> {
        if self.broken && index == 1 {
            return Err(StepError { message: "catalog-info.yaml, line 3: it climbs out".into(), retryable: false });
        }
        Ok(StepReport { lines: vec!["done".into()] })
    }

    fn finish(self: Box<Self>) -> Result<Outcome, StepError> {
        let name = self.values.parameters.get("name").cloned().unwrap_or_default();
        let file =
            |path: &str, executable, bytes: &str| RenderedFile { path: path.into(), executable, bytes: bytes.into() };
        Ok(Outcome {
            files: vec![file("README.md", false, "hello"), file("bin/run", true, "#!/bin/sh\n")],
            entities: vec![json!({"kind": "Component", "metadata": {"name": name}})],
            archive: Vec::new(),
        })
    }
}
