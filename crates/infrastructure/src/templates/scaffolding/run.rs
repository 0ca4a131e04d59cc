use std::sync::Arc;

use application::ports::{Outcome, Scaffolding, StepError, StepInfo, StepReport, Values};
use serde_json::Value;

use super::failure::StepFailure;
use super::workspace::Workspace;
use super::{archive, entities, record};
use crate::templates::expression;
use crate::templates::limits::Limits;
use crate::templates::loaded::Loaded;
use crate::templates::manifest::{Action, Step};
use crate::templates::secrets::Secrets;

/// One run of a template's steps.
pub(in crate::templates) struct Run {
    values: Values,
    workspace: Workspace,
}

impl Run {
    pub(in crate::templates) fn new(template: Arc<Loaded>, values: Values, limits: Limits) -> Self {
        let workspace = Workspace::new(template, values.parameters.clone(), limits);
        Self { values, workspace }
    }

    fn step(&mut self, step: &Step) -> Result<Vec<String>, StepFailure> {
        if !self.wanted(step)? {
            return Ok(vec!["skipped: its condition does not hold".to_owned()]);
        }
        match &step.action {
            Action::FetchTemplate(fetch) => self.workspace.fetch_template(fetch),
            Action::FetchPlain(fetch) => self.workspace.fetch_plain(fetch),
            Action::CatalogWrite(write) => self.workspace.catalog_write(write),
            Action::HeimdallVendor(vendor) => self.workspace.heimdall_vendor(vendor),
        }
    }

    fn wanted(&self, step: &Step) -> Result<bool, StepFailure> {
        let value = match &step.condition {
            None => return Ok(true),
            Some(Value::String(text)) => self.workspace.evaluate(text, "if")?,
            Some(other) => Some(other.clone()),
        };
        // As Backstage has it: what is empty, zero, `false` or missing does not hold.
        Ok(value.is_some_and(|value| expression::truth(&value)))
    }

    fn pack(self) -> Result<Outcome, StepFailure> {
        let Self { values, workspace } = self;
        let Workspace { template, budget, mut tree, descriptors, .. } = workspace;
        budget.start_step();
        let record = record::write(&template.summary.version, &values, budget.limits.file_bytes)
            .map_err(|message| StepFailure::Wrong { place: record::PATH.to_owned(), message })?;
        tree.write_record(record::PATH, record.into_bytes(), &budget)
            .map_err(|source| StepFailure::Tree { place: record::PATH.to_owned(), source })?;
        let secrets = Secrets::of(&values.secrets);
        for (path, file) in tree.files() {
            if let Some(name) = secrets.within(path.as_bytes()).or_else(|| secrets.within(&file.bytes)) {
                let place = if secrets.within(path.as_bytes()).is_some() { "a file's name" } else { path };
                let message =
                    format!("has the value of `{name}`, a writeOnly parameter, which must not be in an artifact");
                return Err(StepFailure::Wrong { place: place.to_owned(), message });
            }
            budget.check()?;
        }
        let entities = entities::read(&tree, &descriptors)?;
        let archive = archive::pack(&tree, values.requested_at)
            .map_err(|error| StepFailure::Wrong { place: "archive".to_owned(), message: error.to_string() })?;
        Ok(Outcome { files: tree.into_files(), entities, archive })
    }
}

impl Scaffolding for Run {
    fn steps(&self) -> Vec<StepInfo> {
        let info =
            |step: &Step| StepInfo { id: step.id.clone(), name: step.name.clone(), action: step.verb.to_owned() };
        self.workspace.template.manifest.steps.iter().map(info).collect()
    }

    fn run(&mut self, index: usize) -> Result<StepReport, StepError> {
        let template = Arc::clone(&self.workspace.template);
        let Some(step) = template.manifest.steps.get(index) else {
            let message = format!("template `{}` has no step {index}", template.summary.version.name);
            return Err(StepError { message, retryable: false });
        };
        self.workspace.budget.start_step();
        self.step(step).map(|lines| StepReport { lines }).map_err(StepFailure::into_step_error)
    }

    fn finish(self: Box<Self>) -> Result<Outcome, StepError> {
        self.pack().map_err(StepFailure::into_step_error)
    }
}
