use minijinja::{Environment, context};
use serde_json::Value;

/// The page of a document, which loads nothing. It is rendered here, since no library that shows AsyncAPI works without
/// much JavaScript.
pub fn page(document: &Value) -> String {
    let mut environment = Environment::new();
    environment
        .add_filter("pretty", |value: &minijinja::Value| serde_json::to_string_pretty(value).unwrap_or_default());
    environment.add_filter("last", |reference: &str| reference.rsplit('/').next().unwrap_or_default().to_owned());
    // The template is part of the program; a test renders it, and a page that says so is better than a panic.
    environment
        .render_named_str(
            "asyncapi.html",
            include_str!("page.html"),
            context! { document => minijinja::value::Serde(document) },
        )
        .unwrap_or_else(|error| format!("this page can't be shown: {error}"))
}
