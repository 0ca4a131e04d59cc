use std::io::Write as _;
use std::process::ExitCode;

use application::view::TaskView;
use heimdall::program::{CommandError, Stdout};
use serde::Serialize;

use super::session::Session;

/// Prints one line of JSON.
pub(super) fn json(value: &impl Serialize) -> Result<(), CommandError> {
    writeln!(Stdout, "{}", serde_json::to_string(value)?)?;
    Ok(())
}

/// Prints the task that a command is about, as the session wants it.
pub(super) fn answer(session: &Session, task: &TaskView) -> Result<ExitCode, CommandError> {
    if session.json {
        json(task)?;
    } else {
        self::task(task)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a task for a person.
fn task(task: &TaskView) -> Result<(), CommandError> {
    writeln!(Stdout, "task      {}", task.id)?;
    writeln!(Stdout, "status    {}", plain(&task.status))?;
    writeln!(
        Stdout,
        "template  {} {} ({})",
        plain(&task.template.name),
        plain(&task.template.version),
        short(&task.template.digest)
    )?;
    writeln!(Stdout, "attempt   {}", task.attempt)?;
    writeln!(Stdout, "created   {} by {}", task.created_at.format("%F %T UTC"), plain(&task.created_by))?;
    if let Some(account) = &task.account {
        writeln!(Stdout, "account   {} ({})", plain(&account.identifier), plain(&account.provider))?;
    }
    for (key, value) in &task.parameters {
        writeln!(Stdout, "  {} = {}", plain(key), plain(value.to_string()))?;
    }
    for entity_ref in &task.entity_refs {
        writeln!(Stdout, "entity    {}", plain(entity_ref))?;
    }
    if let Some(artifact) = &task.artifact {
        writeln!(Stdout, "artifact  {} bytes, until {}", artifact.size, artifact.expires_at.format("%F %T UTC"))?;
    }
    if let Some(failure) = &task.failure {
        writeln!(Stdout, "failed    in step {}: {}", plain(&failure.step), plain(&failure.message))?;
    }
    Ok(())
}

/// Prints tasks as a table for a person.
pub(super) fn table(tasks: &[TaskView]) -> Result<(), CommandError> {
    if tasks.is_empty() {
        writeln!(Stdout, "no tasks")?;
        return Ok(());
    }
    let name = |task: &TaskView| {
        task.parameters.get("name").and_then(serde_json::Value::as_str).map_or_else(|| "-".to_owned(), plain)
    };
    let width = tasks.iter().map(|task| name(task).chars().count()).max().unwrap_or_default().max(4);
    writeln!(Stdout, "{:36}  {:14}  {:width$}  {:16}  TEMPLATE", "ID", "STATUS", "NAME", "CREATED (UTC)")?;
    for task in tasks {
        let created = task.created_at.format("%F %R");
        writeln!(
            Stdout,
            "{}  {:14}  {:width$}  {created:16}  {}",
            task.id,
            plain(&task.status),
            name(task),
            plain(&task.template.name)
        )?;
    }
    Ok(())
}

/// Text from a server, without anything that a terminal would take for a command.
pub(super) fn plain(text: impl AsRef<str>) -> String {
    text.as_ref().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn short(digest: &str) -> String {
    plain(digest.chars().take(12).collect::<String>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_terminal_gets_no_commands_from_a_server() {
        assert_eq!(super::plain("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
