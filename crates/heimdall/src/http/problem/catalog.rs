use std::fmt::Write as _;

use axum::{Router, extract::Path, response::Html, routing::get};

use super::{Problem, ProblemType, kind};

/// All the problems a service can answer with, and the pages that explain them.
#[derive(Debug, Clone)]
pub struct ProblemCatalog {
    kinds: Vec<ProblemType>,
}

impl Default for ProblemCatalog {
    fn default() -> Self {
        Self { kinds: kind::ALL.to_vec() }
    }
}

impl ProblemCatalog {
    /// The foundation's problem types and the application's. One with a slug that is there already takes its place.
    pub fn new(application: &[ProblemType]) -> Self {
        let mut kinds = kind::ALL.to_vec();
        kinds.retain(|known| application.iter().all(|own| own.slug != known.slug));
        kinds.extend_from_slice(application);
        kinds.sort_by_key(|kind| (kind.status, kind.slug));
        Self { kinds }
    }

    /// The types, ordered by status and slug.
    pub fn kinds(&self) -> &[ProblemType] {
        &self.kinds
    }

    /// The pages: `GET /problems` lists all types, `GET /problems/<slug>` explains one.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let (list, catalog) = (self.list(), self.clone());
        let one = move |Path(slug): Path<String>| async move {
            let found = catalog.kinds.iter().find(|kind| kind.slug == slug).map(page);
            found.map(Html).ok_or_else(|| Problem::not_found("no problem has this name; `/problems` lists all"))
        };
        Router::new().route("/problems", get(async move || Html(list))).route("/problems/{slug}", get(one))
    }

    fn list(&self) -> String {
        let mut body = String::from("<h1>Problems</h1>\n<dl>\n");
        for ProblemType { slug, status, title, .. } in &self.kinds {
            let (status, title) = (status.as_u16(), escape(title));
            let _ = writeln!(body, "<dt><a href=\"/problems/{slug}\">{slug}</a></dt><dd>{status} · {title}</dd>");
        }
        document("Problems", &(body + "</dl>\n"))
    }
}

fn page(kind: &ProblemType) -> String {
    let paragraphs = kind.explanation.split("\n\n").map(|text| format!("<p>{}</p>\n", code(&escape(text))));
    let body = format!(
        "<h1>{}</h1>\n<p class=\"status\">{} · <code>{}</code></p>\n{}<p><a href=\"/problems\">All problems</a></p>\n",
        code(&escape(kind.title)),
        kind.status,
        kind.reference(),
        paragraphs.collect::<String>(),
    );
    document(kind.title, &body)
}

fn document(title: &str, body: &str) -> String {
    let title = escape(title).replace('`', "");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n{body}</body>\n</html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;\
    color-scheme:light dark}.status{opacity:.7}dt{margin-top:.8rem}dd{margin:0}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text between backticks becomes code.
fn code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_addresses() {
        let catalog = ProblemCatalog::default();
        for kind in catalog.kinds() {
            assert_eq!(catalog.kinds().iter().filter(|other| other.slug == kind.slug).count(), 1);
            assert!(kind.slug.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", kind.slug);
            assert!(kind.status.is_client_error() || kind.status.is_server_error());
        }
    }

    #[test]
    fn a_page_shows_code_and_escapes_the_rest() {
        let page = page(&kind::UNAUTHENTICATED);
        assert!(page.contains("<code>Authorization: Bearer &lt;token&gt;</code>"), "{page}");
        assert!(page.contains("/problems/unauthenticated"));
    }
}
