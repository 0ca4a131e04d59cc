use std::{
    error::Error,
    fmt::Write as _,
    io::Write as _,
    time::{Duration, Instant},
};

use super::{DataFolder, Example, Instance, events, invocation::Invocation, issue::issue};
use crate::{errors::with_causes, lifecycle::Service, program::Stdout};

/// What a development instance says when it is ready: where everything is, a token, and commands to try.
pub(super) struct Greeting {
    pub(super) service: String,
    /// Whom it greets for, such as `Valkyrie 0.1.0`.
    pub(super) title: String,
    pub(super) folder: DataFolder,
    pub(super) started: Instant,
    /// Where the API begins.
    pub(super) api: String,
    /// What else is where: a word and a path.
    pub(super) places: Vec<(String, String)>,
    /// What the examples show, in words.
    pub(super) about: String,
    pub(super) examples: Vec<Example>,
}

impl Greeting {
    /// Says it, on standard output, and writes down where the instance is.
    pub(super) fn say(self, service: &Service) {
        // It serves all the same, and standard error tells why it said nothing.
        if let Err(error) = self.try_say(service) {
            tracing::error!(error = with_causes(&*error), "The greeting can't be given");
        }
    }

    fn try_say(mut self, service: &Service) -> Result<(), Box<dyn Error + Send + Sync>> {
        let (url, permissions) = (service.local_url()?, service.permission_names());
        // No longer than `DevelopmentIssuer::MAX_LIFETIME`; `text` says how long it is.
        let token = issue(&self.folder, "developer", &permissions, Duration::from_hours(1))?;
        self.folder.announce(&Instance { pid: std::process::id(), url: url.clone(), permissions })?;
        let openapi = serde_json::to_value(service.openapi())?;
        let serves = openapi["paths"].as_object().is_some_and(|paths| !paths.is_empty());
        if serves && !service.asyncapi()?.is_empty() {
            self.places.insert(0, ("AsyncAPI".to_owned(), "/discovery/v1/asyncapi".to_owned()));
        }
        if self.examples.is_empty() {
            self.examples = Example::of_openapi(&openapi);
            self.examples.extend(events::proposal(service)?);
        }
        Ok(writeln!(Stdout, "{}", self.text(&url, &token, serves))?)
    }

    fn text(&self, url: &str, token: &str, serves: bool) -> String {
        let invocation = Invocation::of(&self.service, self.folder.path());
        let api = [("API", self.api.as_str()), ("OpenAPI", "/discovery/v1/openapi")];
        let own = self.places.iter().map(|(word, path)| (word.as_str(), path.as_str()));
        let usual = [("Health", "/healthz/readiness"), ("Metrics", "/metrics")];
        let mut places = String::new();
        for (word, path) in api.into_iter().filter(|_| serves).chain(own).chain(usual) {
            // Nothing goes wrong with a string.
            let _ = writeln!(places, "  {word:10} {url}{path}");
        }
        let about = if self.about.is_empty() { String::new() } else { format!(" {}", self.about) };
        let mut lines = String::new();
        for example in &self.examples {
            let _ = writeln!(lines, "  {}", example.line(&invocation, url));
        }
        let examples = if lines.is_empty() { String::new() } else { format!("To try:{about}\n\n{lines}\n") };
        format!(
            "\
{title} is ready, after {took} ms.

{places}  {word:10} {data}

A token, valid for an hour (another: {another}):

{token}

{examples}Ctrl-C stops it; the data stays.",
            title = self.title,
            took = self.started.elapsed().as_millis(),
            word = "Data",
            data = self.folder.path().display(),
            another = invocation.token(),
        )
    }
}
