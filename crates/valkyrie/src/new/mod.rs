//! `valkyrie new`: the server's template engine, without a server.

mod folder;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::JsonObject;
use application::domain::ServiceName;
use application::ports::{Outcome, Template, Templates, Values, Violation};
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::program::{CommandError, GlobalArguments, Stdout, note};
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};
use serde_json::json;

use crate::roles::{API_ADMIN_PORT, layers};

/// What to make.
pub(crate) struct NewService {
    /// A template's name, or the path of its folder.
    pub(crate) template: String,
    /// Its parameters as given.
    pub(crate) parameters: JsonObject,
    /// Where to.
    pub(crate) place: Destination,
    /// Whether to print JSON.
    pub(crate) json: bool,
}

/// Where a service goes.
pub(crate) enum Destination {
    /// Into this folder, or one with the service's name.
    Folder(Option<PathBuf>),
    /// It is only shown.
    Nowhere,
}

/// Makes a service, or shows what would be made.
pub(crate) fn run(global: &GlobalArguments, order: NewService) -> Result<(), CommandError> {
    let (library, template) = find(global, &order)?;
    let accepted = library
        .accept(&template, order.parameters)
        .map_err(|violations| CommandError::usage(in_words(&template.version.name, &violations)))?;
    let name = accepted.parameters.get("name").and_then(serde_json::Value::as_str).map(str::to_owned);
    let values = Values {
        task: None,
        parameters: accepted.parameters,
        secrets: accepted.secrets,
        requested_at: SystemClock.now(),
    };
    let mut scaffolding = library.open(&template.version, values)?;
    for (index, step) in scaffolding.steps().iter().enumerate() {
        let report =
            scaffolding.run(index).map_err(|error| CommandError::failed(format!("step {}: {error}", step.id)))?;
        for line in report.lines {
            note(format_args!("{:12} {line}", step.id));
        }
    }
    let outcome = scaffolding.finish()?;
    let folder = match order.place {
        Destination::Nowhere => None,
        Destination::Folder(given) => {
            let folder = given.or_else(|| folder_of(name.as_deref())).ok_or_else(|| {
                CommandError::usage("the service has no name to call a folder by (a parameter `name` of lower-case letters, digits and hyphens): give --output")
            })?;
            folder::write(&folder, &outcome.files)?;
            Some(folder)
        }
    };
    print(&outcome, folder.as_deref(), order.json)
}

/// The folder that a service is called by, if its name is one and nothing more: a template's author does not choose
/// where files go.
fn folder_of(name: Option<&str>) -> Option<PathBuf> {
    name.filter(|name| ServiceName::parse(name).is_ok()).map(PathBuf::from)
}

/// The template of that name, or in that folder.
fn find(global: &GlobalArguments, order: &NewService) -> Result<(TemplateLibrary, Arc<Template>), CommandError> {
    let wanted = order.template.as_str();
    let layers = layers(global, API_ADMIN_PORT);
    let mut config: TemplatesConfig = layers.load().and_then(|config| config.section())?;
    let by_path = wanted.contains('/') || wanted.contains(std::path::MAIN_SEPARATOR);
    if by_path {
        config = TemplatesConfig { sources: vec![wanted.to_owned()], ..TemplatesConfig::default() };
    }
    let library = TemplateLibrary::load(&config, Limits::default());
    let found = if by_path { library.list().into_iter().next() } else { library.find(wanted) };
    if let Some(template) = found {
        return Ok((library, template));
    }
    let mut message = format!("there is no template `{wanted}`");
    for problem in library.problems() {
        let _ = write!(message, "\n  {problem}");
    }
    let known: Vec<_> = library.list().iter().map(|template| template.version.name.clone()).collect();
    if !known.is_empty() {
        let _ = write!(message, "; expected one of {}", known.join(", "));
    }
    Err(CommandError::usage(message))
}

fn in_words(template: &str, violations: &[Violation]) -> String {
    let mut words = format!("the parameters don't fit template {template}");
    for Violation { pointer, detail, expected } in violations {
        let _ = write!(words, "\n  {pointer}: {detail} (expected {expected})");
    }
    words
}

fn print(outcome: &Outcome, folder: Option<&Path>, as_json: bool) -> Result<(), CommandError> {
    if as_json {
        let files: Vec<_> = outcome
            .files
            .iter()
            .map(|file| json!({"path": file.path, "size": file.bytes.len(), "executable": file.executable}))
            .collect();
        writeln!(Stdout, "{}", json!({"folder": folder, "files": files, "entities": outcome.entities}))?;
        return Ok(());
    }
    match folder {
        Some(folder) => writeln!(Stdout, "{} files in {}", outcome.files.len(), folder.display())?,
        None => {
            for file in &outcome.files {
                writeln!(Stdout, "{:>8}  {}", file.bytes.len(), file.path)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_a_folder_here_or_nowhere() {
        assert_eq!(folder_of(Some("payments")), Some(PathBuf::from("payments")));
        for name in [Some("../payments"), Some("/tmp/payments"), Some(".."), Some(""), None] {
            assert_eq!(folder_of(name), None, "{name:?}");
        }
    }
}
