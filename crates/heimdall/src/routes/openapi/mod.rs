//! The `OpenAPI` document of a service's routes: what their handlers say, their rules, and what all operations have in common.

mod links;
mod operation;
mod problems;
mod security;

use utoipa::openapi::tag::Tag;
use utoipa::openapi::{Components, Info, License, OpenApi, Paths, Server};

use super::{Routes, description::Descriptions};
use crate::http::ProblemCatalog;

/// The document of `routes`.
pub(super) fn document<S>(routes: &Routes<S>, about: &Descriptions, catalog: &ProblemCatalog) -> OpenApi
where
    S: Clone + Send + Sync + 'static,
{
    let (mut paths, mut components) = (Paths::new(), Components::new());
    for route in routes.iter() {
        let Some(description) = &route.description else { continue };
        components.schemas.extend(description.schemas.iter().cloned());
        let completed = operation::complete(description.operation.clone(), &route.path, &route.rule);
        paths.add_path_operation(&route.path, route.methods.clone(), completed);
    }
    problems::add(&mut components, catalog);
    components.security_schemes.insert(security::BEARER.to_owned(), security::bearer(about.service()));
    links::add(&mut paths, &components);

    let mut document = OpenApi::new(info(about), paths);
    document.servers = Some(vec![Server::new("/")]);
    document.tags = Some(about.tags().map(tag).collect::<Vec<_>>()).filter(|tags| !tags.is_empty());
    document.components = Some(components);
    document
}

fn info(about: &Descriptions) -> Info {
    let mut info = Info::new(about.title(), about.version());
    info.description = about.description().map(str::to_owned);
    info.license = about.license().map(|id| License::builder().name(id).identifier(Some(id)).build());
    info
}

fn tag((name, description): (&str, &str)) -> Tag {
    Tag::builder().name(name).description(Some(description)).build()
}
