use std::fs;
use std::path::Path;

use application::ports::{Accepted, Outcome, StepError, StepReport, Templates, Values, Violation};
use chrono::DateTime;
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A template's folder that a test writes.
pub(super) struct Folder(pub(super) TempDir);

/// A `template.yaml` with these parameters and steps (YAML, at the level of `spec`).
pub(super) fn manifest(spec: &str) -> String {
    let indented = spec.lines().flat_map(|line| ["  ", line, "\n"]).collect::<String>();
    format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: tried\nspec:\n  type: service\n{indented}"
    )
}

/// The manifest of a template that renders `./skeleton` with `values.name` and one more value.
pub(super) fn rendering(values: &str) -> String {
    manifest(&format!(
        "parameters:\n  required: [name]\n  properties:\n    name: {{type: string}}\n    other: {{}}\nsteps:\n  - id: fetch\n    action: fetch:template\n    input:\n      url: ./skeleton\n      values: {values}"
    ))
}

impl Folder {
    pub(super) fn with(manifest: &str) -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.file("template.yaml", manifest)
    }

    /// A template of one file `out.txt` that sees `values.name` and `values.other`.
    pub(super) fn of_text(text: &str) -> Self {
        let values = "{name: '${{ parameters.name }}', other: '${{ parameters.other }}'}";
        Self::with(&rendering(values)).file("skeleton/out.txt", text)
    }

    pub(super) fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn load(&self) -> TemplateLibrary {
        self.load_with(Limits::default(), json!({}))
    }

    pub(super) fn load_with(&self, limits: Limits, defaults: Value) -> TemplateLibrary {
        let sources = vec![self.path().display().to_string()];
        let defaults = serde_json::from_value(defaults).unwrap();
        TemplateLibrary::load(&TemplatesConfig { sources, defaults }, limits)
    }

    /// All faults, one a line.
    pub(super) fn faults(&self) -> String {
        let library = self.load();
        assert!(library.list().is_empty(), "a template with faults is served");
        library.problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// What becomes of `out.txt`.
    pub(super) fn text(&self, parameters: Value) -> Result<String, StepError> {
        Ok(file(&make(&self.load(), parameters)?.1, "out.txt"))
    }
}

pub(super) fn accept(library: &TemplateLibrary, given: Value) -> Result<Accepted, Vec<Violation>> {
    let template = library.find("tried").unwrap_or_else(|| panic!("{:?}", library.problems()));
    library.accept(&template, serde_json::from_value(given).unwrap())
}

/// Accepts parameters and does all steps.
pub(super) fn make(library: &TemplateLibrary, given: Value) -> Result<(Vec<StepReport>, Outcome), StepError> {
    let accepted = accept(library, given).unwrap_or_else(|violations| panic!("{violations:?}"));
    let template = library.find("tried").unwrap();
    let values = Values {
        task: None,
        parameters: accepted.parameters,
        secrets: accepted.secrets,
        requested_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
    };
    let mut run = library.open(&template.version, values).unwrap();
    let reports = (0..run.steps().len()).map(|index| run.run(index)).collect::<Result<Vec<_>, _>>()?;
    Ok((reports, run.finish()?))
}

pub(super) fn file(outcome: &Outcome, path: &str) -> String {
    let found = outcome.files.iter().find(|file| file.path == path);
    let paths = outcome.files.iter().map(|file| &file.path).collect::<Vec<_>>();
    String::from_utf8(found.unwrap_or_else(|| panic!("no {path} in {paths:?}")).bytes.clone()).unwrap()
}
