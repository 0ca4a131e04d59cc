use super::action::FetchTemplate;
use super::context::Context;
use crate::templates::error::{TemplateError, TemplateErrors};
use crate::templates::expression::{self, Names, is_templated};
use crate::templates::path::confined;

/// Bytes of one text that is rendered; it is parsed whole, into a tree of many times its size.
const MAX_BYTES: usize = 1 << 20;

/// Checks the names and contents of the files that a step will render.
pub(super) fn check(fetch: &FetchTemplate, context: &Context<'_>, faults: &mut TemplateErrors) {
    let names = Names { root: "values", members: fetch.values.keys().cloned().collect(), secrets: Vec::new() };
    for (path, file) in context.tree.below(&fetch.folder) {
        let whole = format!("{}/{path}", fetch.folder);
        if is_templated(path) {
            for part in path.split('/') {
                faults.extend(check_text(part, &names, fetch, &whole, "the file's name"));
            }
        } else if let Err(error) = confined(path) {
            faults.extend([TemplateError::new(
                whole.as_str(),
                "",
                error.to_string(),
                "a name that every system takes",
            )]);
        }
        if fetch.renders(path)
            && let Some(text) = file.text()
        {
            faults.extend(check_text(text, &names, fetch, &whole, ""));
        }
    }
}

fn check_text(text: &str, names: &Names, fetch: &FetchTemplate, file: &str, place: &str) -> Vec<TemplateError> {
    if !is_templated(text) {
        return Vec::new();
    }
    if text.len() > MAX_BYTES {
        let found = format!("a text of {} bytes to render", text.len());
        let expected = format!("at most {MAX_BYTES} bytes, or a copy: `copyWithoutTemplating`, or `fetch:plain`");
        return vec![TemplateError::new(file, place, found, expected)];
    }
    expression::check(text, names, fetch.whitespace)
        .into_iter()
        .map(|fault| {
            let at = if place.is_empty() { format!("line {}", fault.line) } else { place.to_owned() };
            TemplateError::new(file, at, fault.found, fault.expected)
        })
        .collect()
}
