//! The pages that each service has. They load nothing from outside.

mod asyncapi;
mod html;
mod index;
mod openapi;
mod problems;

use utoipa::openapi::OpenApi;

use super::{HttpMethod, Routes, description::Descriptions};
use crate::{asyncapi::AsyncApi, http::ProblemCatalog};

/// All pages that go beside `routes`. What these have at `/` themselves stays.
pub(super) fn all<S>(
    routes: &Routes<S>,
    document: &OpenApi,
    events: Option<&AsyncApi>,
    about: &Descriptions,
    catalog: ProblemCatalog,
) -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
{
    let mut pages = openapi::routes(document, about.title()).merge(problems::routes(catalog));
    if let Some(events) = events {
        pages = pages.merge(asyncapi::routes(events));
    }
    if routes.has(&HttpMethod::Get, "/") { pages } else { pages.merge(index::routes(about, events.is_some())) }
}
