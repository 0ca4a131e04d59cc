use serde_json::Value;

use super::invocation::{Invocation, quoted};

/// A command that the greeting of `dev` proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Example {
    /// A GET of this path, with a token.
    Get(String),
    /// A POST of this JSON to this path, with a token.
    Post(String, Value),
    /// This program with these arguments, such as `events publish …`, as a shell takes them. Where the folder is not the usual
    /// one, `--data-dir` is added.
    Command(String),
}

/// How many commands are proposed of themselves.
const MOST: usize = 3;

impl Example {
    /// This program with these words, whatever is in them.
    pub(in crate::program) fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Command(words.into_iter().map(quoted).collect::<Vec<_>>().join(" "))
    }

    /// What can be asked of this API just so: its GETs without parameters that somebody would have to know.
    pub(super) fn of_openapi(document: &Value) -> Vec<Self> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let asked = paths.filter(|(path, item)| {
            let parameters = [&item["parameters"], &item["get"]["parameters"]].into_iter().filter_map(Value::as_array);
            let needed = |parameter: &Value| parameter["required"] == true;
            !path.contains('{') && item["get"].is_object() && !parameters.flatten().any(needed)
        });
        asked.map(|(path, _)| Self::Get(path.clone())).take(MOST).collect()
    }

    /// The line that a person copies.
    pub(super) fn line(&self, invocation: &Invocation, url: &str) -> String {
        let curl = format!("curl -s -H \"Authorization: Bearer $({})\"", invocation.token());
        match self {
            Self::Get(path) => format!("{curl} {}", quoted(&format!("{url}{path}"))),
            Self::Post(path, body) => {
                let (body, url) = (quoted(&body.to_string()), quoted(&format!("{url}{path}")));
                format!("{curl} -H 'Content-Type: application/json' -d {body} {url}")
            }
            Self::Command(arguments) => invocation.command(arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_be_asked_just_so_is_proposed() {
        let id = json!({"name": "x", "in": "query", "required": true});
        let limit = json!({"name": "limit", "in": "query", "required": false});
        let document = json!({"paths": {
            "/a": {"get": {"parameters": [limit]}, "post": {}},
            "/a/{id}": {"get": {}},
            "/b": {"post": {}},
            "/c": {"get": {"parameters": [id]}},
            "/d": {"parameters": [id], "get": {}},
            "/e": {"get": {}},
        }});
        assert_eq!(Example::of_openapi(&document), [Example::Get("/a".to_owned()), Example::Get("/e".to_owned())]);
        assert!(Example::of_openapi(&json!({})).is_empty());
    }

    #[test]
    fn a_shell_takes_its_parts_as_they_are() {
        let line =
            |example: Example| example.line(&Invocation::of("tally", Path::new(".tally")), "http://127.0.0.1:80");
        let post = line(Example::Post("/a".to_owned(), json!({"name": "it's"})));
        assert!(post.ends_with(r#" -d '{"name":"it'\''s"}' http://127.0.0.1:80/a"#), "{post}");
        let get = line(Example::Get("/a?limit=1".to_owned()));
        assert!(
            get.starts_with("curl -s -H \"Authorization: Bearer $(")
                && get.ends_with(" token)\" 'http://127.0.0.1:80/a?limit=1'")
        );
        assert!(line(Example::Command("events publish x".to_owned())).ends_with(" events publish x"));
    }
}
