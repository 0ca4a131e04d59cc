use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use application::JsonObject;
use application::ports::{Accepted, Scaffolding, ScaffoldingError, Template, Templates, Values, Violation};
use domain::TemplateVersion;

use super::config::TemplatesConfig;
use super::error::{RejectedTemplate, TemplateError};
use super::foundation;
use super::limits::Limits;
use super::loaded::Loaded;
use super::manifest::{Action, FILE, Manifest};
use super::scaffolding::Run;
use super::schema::SchemaViolation;
use super::source::{self, SourceTree};

/// The templates of this installation, read once when it starts.
#[derive(Debug, Default)]
pub struct TemplateLibrary {
    templates: BTreeMap<String, Arc<Loaded>>,
    problems: Vec<RejectedTemplate>,
    limits: Limits,
}

impl TemplateLibrary {
    /// Reads all sources. What can't be loaded is in [`problems`](Self::problems), and takes nothing else down.
    pub fn load(config: &TemplatesConfig, limits: Limits) -> Self {
        let mut library = Self { limits, ..Self::default() };
        for source in &config.sources {
            if source == TemplatesConfig::SHIPPED {
                for (name, tree) in source::shipped() {
                    library.add(&format!("shipped/{name}"), Ok(tree), config);
                }
                continue;
            }
            match source::folders(Path::new(source)) {
                Ok(folders) => {
                    for folder in folders {
                        library.add(&folder.display().to_string(), source::read(&folder), config);
                    }
                }
                Err(fault) => library.problem(source, vec![fault]),
            }
        }
        for name in config.defaults.keys().filter(|name| !library.templates.contains_key(*name)) {
            let known = library.templates.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let fault = TemplateError::new(
                "templates.defaults",
                name,
                "defaults for a template that is not here",
                format!("one of {known}"),
            );
            library.problems.push(RejectedTemplate { source: "configuration".to_owned(), faults: vec![fault] });
        }
        library
    }

    /// What could not be loaded, and why.
    pub fn problems(&self) -> &[RejectedTemplate] {
        &self.problems
    }

    fn problem(&mut self, source: &str, faults: Vec<TemplateError>) {
        self.problems.push(RejectedTemplate { source: source.to_owned(), faults });
    }

    fn add(&mut self, source: &str, tree: Result<SourceTree, Vec<TemplateError>>, config: &TemplatesConfig) {
        match tree.and_then(|tree| self.check(tree, config)) {
            Ok(loaded) => {
                self.templates.insert(loaded.summary.version.name.clone(), Arc::new(loaded));
            }
            Err(faults) => self.problem(source, faults),
        }
    }

    fn check(&self, tree: SourceTree, config: &TemplatesConfig) -> Result<Loaded, Vec<TemplateError>> {
        let mut manifest = Manifest::read(&tree)?;
        let metadata = &manifest.metadata;
        if self.templates.contains_key(&metadata.name) {
            let found = format!("`{}`, which an earlier source has", metadata.name);
            return Err(vec![TemplateError::new(FILE, "/metadata/name", found, "a name of its own")]);
        }
        if let Some(defaults) = config.defaults.get(&metadata.name) {
            let wrong = manifest.parameters.set_server_defaults(defaults);
            if !wrong.is_empty() {
                let place = format!("templates.defaults.{}", metadata.name);
                let fault = |found: SchemaViolation| {
                    TemplateError::new(
                        place.as_str(),
                        found.pointer,
                        format!("a value that {}", found.detail),
                        found.expected,
                    )
                };
                return Err(wrong.into_iter().map(fault).collect());
            }
        }
        let metadata = &manifest.metadata;
        let vendors = manifest.steps.iter().any(|step| matches!(step.action, Action::HeimdallVendor(_)));
        let summary = Template {
            version: TemplateVersion {
                name: metadata.name.clone(),
                version: metadata.version.clone(),
                digest: tree.digest(vendors.then_some(foundation::DIGEST)),
            },
            title: metadata.title.clone(),
            description: metadata.description.clone(),
            owner: metadata.owner.clone(),
            kind: metadata.kind.clone(),
            tags: metadata.tags.clone(),
            parameters: manifest.parameters.document().clone(),
        };
        Ok(Loaded { summary: Arc::new(summary), manifest, tree })
    }
}

impl Templates for TemplateLibrary {
    fn list(&self) -> Vec<Arc<Template>> {
        self.templates.values().map(|loaded| Arc::clone(&loaded.summary)).collect()
    }

    fn find(&self, name: &str) -> Option<Arc<Template>> {
        self.templates.get(name).map(|loaded| Arc::clone(&loaded.summary))
    }

    fn accept(&self, template: &Template, given: JsonObject) -> Result<Accepted, Vec<Violation>> {
        let Some(loaded) = self.templates.get(&template.version.name) else {
            let detail = "names a template that is not here".to_owned();
            let expected = "a template that is here".to_owned();
            return Err(vec![Violation { pointer: String::new(), detail, expected }]);
        };
        let accepted = loaded.manifest.parameters.accept(given);
        let (parameters, secrets) = accepted.map_err(|found| found.into_iter().map(violation).collect::<Vec<_>>())?;
        Ok(Accepted { parameters, secrets })
    }

    fn open(&self, template: &TemplateVersion, values: Values) -> Result<Box<dyn Scaffolding>, ScaffoldingError> {
        let name = &template.name;
        let loaded = self.templates.get(name).ok_or_else(|| ScaffoldingError::Unknown(name.clone()))?;
        let found = &loaded.summary.version.digest;
        if *found != template.digest {
            let (wanted, found) = (template.digest.clone(), found.clone());
            return Err(ScaffoldingError::Changed { name: name.clone(), wanted, found });
        }
        Ok(Box::new(Run::new(Arc::clone(loaded), values, self.limits.clone())))
    }
}

fn violation(found: SchemaViolation) -> Violation {
    Violation { pointer: found.pointer, detail: found.detail, expected: found.expected }
}
