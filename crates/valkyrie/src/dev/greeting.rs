use std::{
    env,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use heimdall::lifecycle::Service;

use super::{Folder, Instance, token::issue};
use crate::cli::output::Stdout;

/// What a development instance says when it is ready: where everything is, a token, and commands to try.
pub(super) struct Greeting {
    folder: PathBuf,
    started: Instant,
}

impl Greeting {
    pub(super) fn new(folder: &Folder, started: Instant) -> Self {
        Self { folder: folder.path().to_owned(), started }
    }

    /// Says it, on standard output.
    pub(super) fn say(self, service: &Service) {
        let folder = Folder::new(&self.folder);
        let said = service.public_url().map_err(anyhow::Error::from).and_then(|url| {
            folder.announce(&Instance { pid: std::process::id(), url: url.clone() })?;
            let token = issue(&folder, "developer", &[], Duration::from_hours(1))?;
            writeln!(Stdout, "{}", self.text(&url, &token))?;
            Ok(())
        });
        // It serves all the same, and standard error tells why it said nothing.
        if let Err(error) = said {
            tracing::error!(error = format!("{error:#}"), "The greeting can't be given");
        }
    }

    fn text(&self, url: &str, token: &str) -> String {
        let valkyrie = this_program();
        let place = if self.folder == Path::new(".valkyrie") {
            String::new()
        } else {
            format!(" --data-dir {}", quoted(&self.folder.display().to_string()))
        };
        let auth = format!("-H \"Authorization: Bearer $({valkyrie} token{place})\"");
        let order =
            r#"{"template": "event-service", "parameters": {"name": "payments", "owner": "group:default/payments"}}"#;
        format!(
            "\
Valkyrie {version} is ready, after {took} ms.

  API        {url}/api/v1
  OpenAPI    {url}/discovery/v1/openapi
  AsyncAPI   {url}/discovery/v1/asyncapi
  Health     {url}/healthz/readiness
  Metrics    {url}/metrics
  Data       {data}

A token, valid for an hour (another: {valkyrie} token{place}):

{token}

To try: make a service, see how it stands, look at the templates.

  curl -s {auth} -H 'Content-Type: application/json' -d '{order}' {url}/api/v1/scaffold-tasks
  curl -s {auth} {url}/api/v1/scaffold-tasks
  curl -s {auth} {url}/api/v1/templates

Ctrl-C stops it; the data stays.",
            version = env!("CARGO_PKG_VERSION"),
            took = self.started.elapsed().as_millis(),
            data = self.folder.display(),
        )
    }
}

/// How the person can start this very program again, from where they are.
fn this_program() -> String {
    let Ok(program) = env::current_exe() else { return "valkyrie".to_owned() };
    let found = env::var_os("PATH").and_then(|path| {
        env::split_paths(&path).map(|folder| folder.join("valkyrie")).find(|candidate| candidate.is_file())
    });
    if found.and_then(|found| found.canonicalize().ok()) == program.canonicalize().ok() {
        return "valkyrie".to_owned();
    }
    let here = env::current_dir().unwrap_or_default();
    let shown = program.strip_prefix(&here).unwrap_or(&program);
    quoted(&shown.display().to_string())
}

/// A word that a shell takes as one.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_what_must_be_quoted_is() {
        assert_eq!(quoted("/tmp/a-b_c.d"), "/tmp/a-b_c.d");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }
}
