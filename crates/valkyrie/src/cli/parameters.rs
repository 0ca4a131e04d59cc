use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::PathBuf;

use application::JsonObject;
use application::domain::excerpt;
use clap::Args;
use heimdall::http::{FieldError, parse_json};
use heimdall::program::CommandError;
use serde_json::Value;

/// How a template's parameters are given on the command line.
#[derive(Debug, Args)]
pub(super) struct Parameters {
    /// A parameter: `key=text`, or `key:=json` for anything that is no text (`retries:=3`); may be repeated
    #[arg(short = 'p', long = "parameter", value_name = "KEY=VALUE")]
    parameters: Vec<String>,
    /// A file with all parameters as one JSON object; `-` reads standard input. Single parameters go before it
    #[arg(long = "parameters", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Parameters {
    /// All parameters as one object.
    pub(super) fn read(&self) -> Result<JsonObject, CommandError> {
        let mut object = match &self.file {
            Some(file) => from_file(file)?,
            None => JsonObject::new(),
        };
        let mut named = BTreeSet::new();
        for given in &self.parameters {
            let (key, value) = parse(given).map_err(CommandError::usage)?;
            if !named.insert(key.clone()) {
                return Err(CommandError::usage(format!("the parameter `{}` is given more than once", excerpt(&key))));
            }
            object.insert(key, value);
        }
        Ok(object)
    }
}

fn from_file(file: &std::path::Path) -> Result<JsonObject, CommandError> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(file).map(|content| text = content)
    };
    read.map_err(|error| CommandError::usage(format!("{} can't be read", file.display())).because(error))?;
    let wrong = |what: String| CommandError::usage(format!("{} must hold one JSON object: {what}", file.display()));
    match strict(&text).map_err(wrong)? {
        Value::Object(object) => Ok(object),
        _ => Err(wrong("this is other JSON".to_owned())),
    }
}

/// Reads JSON as strictly as a server does: no member twice, no NUL, not nested without end.
fn strict(text: &str) -> Result<Value, String> {
    parse_json(text.as_bytes()).map_err(|problem| {
        let words = problem.document().errors.into_iter().map(|FieldError { pointer, detail, .. }| {
            if pointer.is_empty() { detail } else { format!("`{pointer}` {detail}") }
        });
        words.collect::<Vec<_>>().join("; ")
    })
}

/// Reads `key=text` or `key:=json`.
fn parse(given: &str) -> Result<(String, Value), String> {
    let wrong = || format!("`{}` is no parameter: expected `key=text` or `key:=json`", excerpt(given));
    let (key, text) = given.split_once('=').ok_or_else(wrong)?;
    let (key, value) = match key.strip_suffix(':') {
        Some(key) => {
            let value = strict(text).map_err(|error| {
                format!("`{}`: what follows `:=` is no JSON ({error}); text is given with `=`", excerpt(given))
            })?;
            (key, value)
        }
        None => (key, Value::String(text.to_owned())),
    };
    if key.is_empty() { Err(wrong()) } else { Ok((key.to_owned(), value)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn text_and_json_are_told_apart() {
        assert_eq!(parse("name=payments").unwrap(), ("name".to_owned(), json!("payments")));
        assert_eq!(parse("note=a=b").unwrap(), ("note".to_owned(), json!("a=b")));
        assert_eq!(parse("retries:=3").unwrap(), ("retries".to_owned(), json!(3)));
        assert_eq!(parse("empty=").unwrap(), ("empty".to_owned(), json!("")));
    }

    #[test]
    fn what_is_no_parameter_says_what_would_be_one() {
        for wrong in ["name", "=x", ":=1", "n:=three", r#"n:={"a": 1, "a": 2}"#] {
            assert!(parse(wrong).unwrap_err().contains('='), "{wrong}");
        }
    }
}
