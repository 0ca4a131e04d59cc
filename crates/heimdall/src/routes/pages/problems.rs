//! `/problems`: what errors mean.

use std::{fmt::Write as _, sync::Arc};

use axum::{extract::Path, response::Html};

use super::html::{escape, escape_with_code, page};
use crate::{
    http::{Problem, ProblemCatalog, ProblemType},
    routes::{HttpMethod, Routes, public},
};

/// `GET /problems` lists all types, `GET /problems/{slug}` explains one.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(catalog: ProblemCatalog) -> Routes<S> {
    let list = list(&catalog);
    let catalog = Arc::new(catalog);
    let one = move |Path(slug): Path<String>| async move {
        let found = catalog.find(&slug).map(explain);
        found.map(Html).ok_or_else(|| Problem::not_found("no problem has this name; `/problems` lists all"))
    };
    Routes::new().constant("/problems", "text/html; charset=utf-8", list).undocumented(
        public(),
        HttpMethod::Get,
        "/problems/{slug}",
        one,
    )
}

fn list(catalog: &ProblemCatalog) -> String {
    let mut body = String::from("<h1>Problems</h1>\n<dl>\n");
    for ProblemType { slug, status, title, .. } in catalog.kinds() {
        let (status, title) = (status.as_u16(), escape(title));
        // Writing into a string can't fail.
        let _ = writeln!(body, "<dt><a href=\"/problems/{slug}\">{slug}</a></dt><dd>{status} · {title}</dd>");
    }
    page("Problems", &(body + "</dl>\n"))
}

fn explain(kind: &ProblemType) -> String {
    let paragraphs = kind.explanation.split("\n\n").map(|text| format!("<p>{}</p>\n", escape_with_code(text)));
    let body = format!(
        "<h1>{}</h1>\n<p class=\"status\">{} · <code>{}</code></p>\n{}<p><a href=\"/problems\">All problems</a></p>\n",
        escape_with_code(kind.title),
        kind.status,
        kind.reference(),
        paragraphs.collect::<String>(),
    );
    page(kind.title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::kinds;

    #[test]
    fn a_page_shows_code_and_escapes_the_rest() {
        let page = explain(&kinds::UNAUTHENTICATED);
        assert!(page.contains("<code>Authorization: Bearer &lt;token&gt;</code>"), "{page}");
        assert!(page.contains("/problems/unauthenticated"));
    }
}
