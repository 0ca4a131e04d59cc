use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aws_lc_rs::digest::{Context, SHA256};
use clap::Args;
use heimdall::program::{CommandError, Stdout};
use serde_json::json;

use super::{
    print,
    session::{Session, failure},
};
use crate::cli::exit;

/// Fetch the finished service, a .tar.gz, and check its SHA-256
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The task's id
    id: String,
    /// Where to write it; `-` is standard output [default: <service>.tar.gz in the working folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(session: &Session, arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let task = session.client.task(&arguments.id).await.map_err(failure)?;
    let Some(artifact) = &task.artifact else {
        return Err(exit::refused(format!("the task is {} and has no artifact", print::plain(&task.status))));
    };
    let response = session.client.artifact(&arguments.id).await.map_err(failure)?;
    if arguments.output.as_deref() == Some(Path::new("-")) {
        if std::io::stdout().is_terminal() {
            return Err(CommandError::usage("an archive would upset this terminal: send standard output to a file"));
        }
        copy(response, &mut Stdout, &artifact.sha256).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = arguments
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.tar.gz", service(&task.parameters, &arguments.id))));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Whole or not at all: a broken connection leaves no half of an archive under the real name.
    let mut file = tempfile::NamedTempFile::new_in(folder)
        .map_err(|error| CommandError::failed(format!("{} can't be written", path.display())).because(error))?;
    copy(response, &mut file, &artifact.sha256).await?;
    file.persist(&path)
        .map_err(|error| CommandError::failed(format!("{} can't be written", path.display())).because(error.error))?;
    if session.json {
        print::json(&json!({"path": path, "size": artifact.size, "sha256": artifact.sha256}))?;
    } else {
        writeln!(Stdout, "{} ({} bytes)", path.display(), artifact.size)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn copy(mut response: reqwest::Response, target: &mut dyn Write, sha256: &str) -> Result<(), CommandError> {
    let mut digest = Context::new(&SHA256);
    while let Some(piece) = response.chunk().await? {
        digest.update(&piece);
        target.write_all(&piece)?;
    }
    target.flush()?;
    let found = hex::encode(digest.finish());
    if found == sha256 {
        Ok(())
    } else {
        Err(CommandError::failed(format!(
            "the archive is damaged: its SHA-256 is {found}, expected {}",
            print::plain(sha256)
        )))
    }
}

/// A file name that is nothing but a name: the service's, where the task has one.
fn service(parameters: &application::JsonObject, id: &str) -> String {
    let name = parameters.get("name").and_then(serde_json::Value::as_str).unwrap_or(id);
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if name.is_empty() { "service".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_servers_name_for_a_file_leads_nowhere_else() {
        let parameters = json!({"name": "../../etc/passwd"});
        assert_eq!(super::service(parameters.as_object().unwrap(), "id"), "etcpasswd");
    }
}
