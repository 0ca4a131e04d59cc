use std::sync::Arc;

use axum::{handler::Handler, routing::MethodRouter};
use utoipa::openapi::{HttpMethod, PathItem, RefOr, Schema, path::Operation};
use utoipa_axum::{PathItemExt as _, router::UtoipaMethodRouter};

use super::{AccessRule, guard::Guarded};

/// Handlers with their addresses and descriptions, which have no rule yet: what [`routes!`](crate::routes::routes!) gives, and what
/// [`Routes::with`](super::Routes::with) takes.
#[must_use = "they are served once they are part of `Routes`"]
pub struct Endpoints<S = ()>(pub(super) Vec<Endpoint<S>>);

/// One handler.
pub(super) struct Endpoint<S> {
    pub(super) path: String,
    pub(super) methods: Vec<HttpMethod>,
    pub(super) description: Description,
    guard: Box<dyn FnOnce(Arc<AccessRule>) -> MethodRouter<S>>,
}

/// What the `OpenAPI` document shows of a handler.
#[derive(Clone)]
pub(super) struct Description {
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl<S> Default for Endpoints<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: Clone + Send + Sync + 'static> Endpoints<S> {
    /// Adds a handler, which `utoipa_axum::routes!` describes. [`routes!`](crate::routes::routes!) writes the call.
    #[doc(hidden)]
    pub fn and<H, T>(mut self, (schemas, paths, _): UtoipaMethodRouter<S>, handler: &H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        for (path, item) in paths.paths {
            let (methods, operations): (Vec<_>, Vec<_>) = operations(item).unzip();
            let Some(operation) = operations.into_iter().next() else { continue };
            let (handler, served) = (handler.clone(), methods.clone());
            self.0.push(Endpoint {
                path: if path.is_empty() { "/".to_owned() } else { path },
                methods,
                description: Description { operation, schemas: schemas.clone() },
                guard: Box::new(move |rule| method_router(&served, handler, rule)),
            });
        }
        self
    }
}

impl<S> Endpoint<S> {
    /// The handler behind a rule, and what describes it.
    pub(super) fn guarded(self, rule: Arc<AccessRule>) -> (String, Vec<HttpMethod>, Description, MethodRouter<S>) {
        (self.path, self.methods, self.description, (self.guard)(rule))
    }
}

/// A handler for some methods, behind a rule.
pub(super) fn method_router<H, T, S>(methods: &[HttpMethod], handler: H, rule: Arc<AccessRule>) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let guarded = Guarded::new(handler, rule);
    methods.iter().fold(MethodRouter::new(), |router, method| router.on(method.to_method_filter(), guarded.clone()))
}

/// The operations at one address.
fn operations(item: PathItem) -> impl Iterator<Item = (HttpMethod, Operation)> {
    let operations = [
        (HttpMethod::Get, item.get),
        (HttpMethod::Put, item.put),
        (HttpMethod::Post, item.post),
        (HttpMethod::Delete, item.delete),
        (HttpMethod::Options, item.options),
        (HttpMethod::Head, item.head),
        (HttpMethod::Patch, item.patch),
        (HttpMethod::Trace, item.trace),
    ];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}
