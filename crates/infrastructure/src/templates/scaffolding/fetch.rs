use application::JsonObject;
use serde_json::Value;

use super::failure::StepFailure;
use super::tree::{OutputFile, Written};
use super::workspace::Workspace;
use crate::templates::expression::{self, Whitespace, is_templated};
use crate::templates::manifest::{FetchPlain, FetchTemplate};
use crate::templates::path::confined;

/// Paths that a report lists before it only counts.
const LISTED: usize = 200;

/// What a step wrote, for its report.
#[derive(Default)]
struct Tally {
    written: Vec<String>,
    kept: Vec<String>,
    skipped: usize,
    bytes: usize,
}

impl Workspace {
    /// Renders a folder of the template into the service.
    pub(super) fn fetch_template(&mut self, fetch: &FetchTemplate) -> Result<Vec<String>, StepFailure> {
        let template = std::sync::Arc::clone(&self.template);
        let (mut values, mut whole) = (JsonObject::new(), self.budget.whole());
        for (name, value) in &fetch.values {
            if let Some(value) = self.input(value, &format!("input/values/{name}"), &mut whole)? {
                values.insert(name.clone(), value);
            }
        }
        let context = JsonObject::from_iter([("values".to_owned(), Value::Object(values))]);
        let target = self.text(&fetch.target, "input/targetPath")?;
        let mut tally = Tally::default();
        for (path, file) in template.tree.below(&fetch.folder) {
            let source = format!("{}/{path}", fetch.folder);
            let Some(mut name) = self.render_path(path, &context, &source)? else {
                tally.skipped += 1;
                continue;
            };
            if let Some(extension) = &fetch.extension
                && let Some(without) = name.strip_suffix(extension.as_str())
            {
                name = without.to_owned();
            }
            let rendered = match file.text() {
                Some(text) if fetch.renders(path) && is_templated(text) => {
                    self.render(text, &context, fetch.whitespace, &source)?.into_bytes()
                }
                _ => file.bytes.to_vec(),
            };
            let file = OutputFile { executable: file.executable, bytes: rendered };
            self.write(&target, &name, file, fetch.replace, &mut tally)?;
        }
        Ok(tally.report(&fetch.folder, &target))
    }

    /// Copies a folder of the template into the service.
    pub(super) fn fetch_plain(&mut self, fetch: &FetchPlain) -> Result<Vec<String>, StepFailure> {
        let template = std::sync::Arc::clone(&self.template);
        let target = self.text(&fetch.target, "input/targetPath")?;
        let mut tally = Tally::default();
        for (path, file) in template.tree.below(&fetch.folder) {
            let file = OutputFile { executable: file.executable, bytes: file.bytes.to_vec() };
            self.write(&target, path, file, true, &mut tally)?;
        }
        Ok(tally.report(&fetch.folder, &target))
    }

    /// A file's path, or `None` where a part of it comes out empty: that is how a template leaves a file out.
    fn render_path(&self, path: &str, context: &JsonObject, source: &str) -> Result<Option<String>, StepFailure> {
        if !is_templated(path) {
            return Ok(Some(path.to_owned()));
        }
        let mut parts = Vec::new();
        for part in path.split('/') {
            let rendered = self.render(part, context, Whitespace::default(), source)?;
            if rendered.is_empty() {
                return Ok(None);
            }
            parts.push(rendered);
        }
        Ok(Some(parts.join("/")))
    }

    fn render(
        &self,
        text: &str,
        context: &JsonObject,
        whitespace: Whitespace,
        source: &str,
    ) -> Result<String, StepFailure> {
        expression::render(text, context, whitespace, &self.budget)
            .map_err(|trouble| StepFailure::Text { place: source.to_owned(), source: trouble })
    }

    fn write(
        &mut self,
        target: &str,
        name: &str,
        file: OutputFile,
        replace: bool,
        tally: &mut Tally,
    ) -> Result<(), StepFailure> {
        let path = |text| {
            confined(text).map_err(|source| StepFailure::Path { place: "a file of the service".to_owned(), source })
        };
        // Each on its own: an absolute name must not hide behind a target.
        let parts = [path(target)?, path(name)?].concat();
        if parts.is_empty() {
            let message = "a file without a name".to_owned();
            return Err(StepFailure::Wrong { place: "a file of the service".to_owned(), message });
        }
        let (place, bytes) = (parts.join("/"), file.bytes.len());
        let written = self.tree.write(&parts, file, replace, &self.budget);
        match written.map_err(|source| StepFailure::Tree { place: place.clone(), source })? {
            Written::New | Written::Replaced => {
                tally.bytes += bytes;
                tally.written.push(place);
            }
            Written::Kept => tally.kept.push(place),
        }
        Ok(())
    }
}

impl Tally {
    fn report(self, from: &str, to: &str) -> Vec<String> {
        let mut lines =
            vec![format!("wrote {} files ({} bytes) from `{from}` to `{to}`", self.written.len(), self.bytes)];
        lines.extend(self.written.iter().take(LISTED).map(|path| format!("  {path}")));
        if let Some(more) = self.written.len().checked_sub(LISTED).filter(|more| *more > 0) {
            lines.push(format!("  … and {more} more"));
        }
        if !self.kept.is_empty() {
            lines.push(format!("kept {} files that were there already (`replace` is off)", self.kept.len()));
        }
        if self.skipped > 0 {
            lines.push(format!("left out {} files whose names come out empty", self.skipped));
        }
        lines
    }
}
