use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    time::Duration,
};

use clap::Args;
use reqwest::{Client, Response};
use serde_json::Value;

use super::endpoint::{PATH, PERMISSION, PublishRequest, PublishedEvent};
use crate::{
    http::{FieldError, Problem, ProblemDocument, parse_json},
    program::{
        CommandError, Stdout,
        dev::{DataFolder, issue, running},
    },
};

/// How long the instance may take to answer.
const PATIENT: Duration = Duration::from_secs(30);
/// How long the token is valid that is made for one request.
const TOKEN: Duration = Duration::from_mins(1);

/// Arguments of `events publish`.
#[derive(Debug, Clone, Args)]
#[command(
    about = "Publish an event through the running `{service} dev`",
    long_about = "Publish an event through the running `{service} dev`\n\n\
        It goes the way of the service's own events: through the outbox to the topic that carries its type, and from there to \
        whoever reads that. A topic that the service only reads will do as well, to see a consumer at work.",
    after_help = "\
Examples:
  {service} events publish TYPE --key KEY --data '{\"member\": 1}'
  {service} events publish TYPE --key KEY --data @event.json --topic TOPIC
  jq .data letter.json | {service} events publish TYPE --key KEY --data -

Exit codes: 0 it stands in the outbox, 1 failed, 2 the event is wrong: standard error says what would be right"
)]
pub struct PublishArguments {
    /// The type of the event, such as `items.received.v1`
    #[arg(value_name = "TYPE")]
    pub kind: String,
    /// The key of its record: events with one key stay in order
    #[arg(long, value_name = "KEY")]
    pub key: String,
    /// What it carries: JSON, `@FILE` that holds it, or `-` for standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub data: String,
    /// The topic [default: the one that carries the type]
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Write a JSON object of {"id", "type", "topic", "partitionkey"}
    #[arg(long)]
    pub json: bool,
    /// The folder of the running instance [default: .{service}]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// Publishes the event and says what became of it.
pub(super) fn publish(service: &str, arguments: &PublishArguments) -> Result<(), CommandError> {
    let request = PublishRequest {
        kind: arguments.kind.clone(),
        key: arguments.key.clone(),
        topic: arguments.topic.clone(),
        data: data(&arguments.data)?,
    };
    let folder = DataFolder::of(service, arguments.data_dir.as_deref());
    let instance = running(&folder, service)?;
    if !instance.permissions.iter().any(|permission| permission == PERMISSION) {
        return Err(CommandError::failed(format!(
            "the running `{service} dev` neither publishes nor reads events: there is no topic for this one"
        )));
    }
    let token = issue(&folder, "developer", &[PERMISSION.to_owned()], TOKEN)
        .map_err(|error| CommandError::failed("no token can be made").because(error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let published = runtime.block_on(post(&instance.url, &token, &request))?;
    if arguments.json {
        writeln!(Stdout, "{}", serde_json::to_string_pretty(&published)?)?;
    } else {
        let PublishedEvent { id, topic, partitionkey, .. } = published;
        writeln!(Stdout, "published {id} to {topic}, partition key {partitionkey}")?;
    }
    Ok(())
}

/// Reads what `--data` means, strictly.
fn data(given: &str) -> Result<Value, CommandError> {
    let (bytes, place) = match given.strip_prefix('@') {
        Some(file) => {
            let failed = |error| CommandError::usage(format!("--data: {file} can't be read")).because(error);
            (fs::read(file).map_err(failed)?, format!("--data: {file}"))
        }
        None if given == "-" => {
            let mut bytes = Vec::new();
            let failed = |error| CommandError::failed("--data: standard input can't be read").because(error);
            io::stdin().read_to_end(&mut bytes).map_err(failed)?;
            (bytes, "--data: standard input".to_owned())
        }
        None => (given.as_bytes().to_vec(), "--data".to_owned()),
    };
    if bytes.trim_ascii().is_empty() {
        return Err(CommandError::usage(format!("{place} is empty: expected a JSON document")));
    }
    parse_json(&bytes).map_err(|problem: Problem| {
        let errors: Vec<_> =
            problem.document().errors.iter().map(|error| line(&place, &error.pointer, error)).collect();
        CommandError::usage(lines("", &errors))
    })
}

async fn post(url: &str, token: &str, request: &PublishRequest) -> Result<PublishedEvent, CommandError> {
    // The instance is on this machine: no proxy leads there.
    let client = Client::builder().no_proxy().timeout(PATIENT).build()?;
    let asked = client.post(format!("{url}{PATH}")).bearer_auth(token).json(request).send().await;
    let unreachable = |error| CommandError::failed(format!("the instance at {url} can't be reached")).because(error);
    let answer = asked.map_err(unreachable)?;
    if answer.status().is_success() {
        let broken = |error| CommandError::failed(format!("the answer of {url} can't be read")).because(error);
        return answer.json().await.map_err(broken);
    }
    Err(refused(answer).await)
}

/// What an answer that is none of success says, in the words of the command line.
async fn refused(answer: Response) -> CommandError {
    let status = answer.status();
    let Ok(problem) = answer.json::<ProblemDocument>().await else {
        return CommandError::failed(format!("the instance answered {status}"));
    };
    if problem.errors.is_empty() {
        let ProblemDocument { title, detail, .. } = problem;
        return CommandError::failed(format!("the instance answered {status}: {}", detail.unwrap_or(title)));
    }
    let errors = problem.errors.iter().map(|error| {
        let (argument, pointer) = argument(&error.pointer);
        line(argument, pointer, error)
    });
    CommandError::usage(lines("the event is wrong: ", &errors.collect::<Vec<_>>()))
}

/// The argument that a part of the request came from, and what of it.
fn argument(pointer: &str) -> (&str, &str) {
    match pointer {
        "/type" => ("TYPE", ""),
        "/key" => ("--key", ""),
        "/topic" => ("--topic", ""),
        _ => pointer.strip_prefix("/data").map_or((pointer, ""), |below| ("--data", below)),
    }
}

fn line(argument: &str, pointer: &str, FieldError { detail, expected, .. }: &FieldError) -> String {
    let place = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
    format!("{argument}{place} {detail}: expected {expected}")
}

fn lines(before: &str, errors: &[String]) -> String {
    match errors {
        [only] => format!("{before}{only}"),
        several => format!("{before}\n  {}", several.join("\n  ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_that_is_no_json_is_refused_with_its_place() {
        assert_eq!(data(r#"{"a": 1}"#).unwrap(), serde_json::json!({"a": 1}));
        let refused = |given: &str| {
            let error = data(given).unwrap_err();
            assert_eq!(error.code(), 2);
            error.to_string()
        };
        assert!(refused("{").starts_with("--data is not well-formed JSON: "), "{}", refused("{"));
        assert!(refused(r#"{"a": 1, "a": 2}"#).starts_with("--data at /a "), "{}", refused(r#"{"a": 1, "a": 2}"#));
        assert_eq!(refused(" "), "--data is empty: expected a JSON document");
        assert!(refused("@/nonexistent").starts_with("--data: /nonexistent can't be read: "));
    }

    #[test]
    fn errors_name_the_argument() {
        assert_eq!(argument("/data/item"), ("--data", "/item"));
        assert_eq!(argument("/data"), ("--data", ""));
        assert_eq!(argument("/type"), ("TYPE", ""));
    }
}
