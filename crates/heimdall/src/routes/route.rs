use std::sync::Arc;

use axum::{http::Method, routing::MethodRouter};
use utoipa::openapi::HttpMethod;

use super::{AccessRule, endpoint::Description};

/// A handler at its address, behind its rule.
#[derive(Clone)]
pub(super) struct Route<S> {
    pub(super) path: String,
    pub(super) methods: Vec<HttpMethod>,
    pub(super) rule: Arc<AccessRule>,
    /// Whether it waits until the service is prepared.
    pub(super) gated: bool,
    /// What the document shows of it; nothing of pages.
    pub(super) description: Option<Description>,
    pub(super) router: MethodRouter<S>,
}

impl<S> Route<S> {
    pub(super) fn map<T>(self, change: impl FnOnce(MethodRouter<S>) -> MethodRouter<T>) -> Route<T> {
        let Self { path, methods, rule, gated, description, router } = self;
        Route { path, methods, rule, gated, description, router: change(router) }
    }
}

/// The method as a request has it.
pub(super) fn method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}
