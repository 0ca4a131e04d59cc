use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::Arc,
};

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::{Method, header},
    response::IntoResponse,
    routing::{MethodRouter, Route as Endpoint},
};
use bytes::Bytes;
use tower::{Layer, Service};
use utoipa::openapi::HttpMethod;

use super::{
    AccessRule, Endpoints, RouteError,
    endpoint::method_router,
    public,
    route::{Route, method},
};
use crate::auth::PublicRoutes;

/// Routes, each with its rule. `S` is the state that their handlers still lack; [`with_state`](Self::with_state) gives it.
///
/// See [the module](crate::routes) for an example.
#[derive(Clone)]
#[must_use = "routes are served once a service has them"]
pub struct Routes<S = ()>(Vec<Route<S>>);

impl<S> Default for Routes<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds handlers, all with the same rule.
    pub fn with(mut self, rule: AccessRule, endpoints: Endpoints<S>) -> Self {
        let rule = Arc::new(rule);
        self.0.extend(endpoints.0.into_iter().map(|endpoint| {
            let (path, methods, description, router) = endpoint.guarded(rule.clone());
            Route { path, methods, rule: rule.clone(), gated: false, description: Some(description), router }
        }));
        self
    }

    /// Adds a handler that the `OpenAPI` document does not show: a page for people, or something that another document
    /// describes.
    pub fn undocumented<H, T>(mut self, rule: AccessRule, method: HttpMethod, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let (rule, methods) = (Arc::new(rule), vec![method]);
        let router = method_router(&methods, handler, rule.clone());
        self.0.push(Route { path: path.to_owned(), methods, rule, gated: false, description: None, router });
        self
    }

    /// Adds a page or document that is open to all and never changes while the process runs.
    pub fn constant(self, path: &str, content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content: Bytes = content.into();
        let answer = move || {
            let content = content.clone();
            async move { ([(header::CONTENT_TYPE, content_type)], content) }
        };
        self.undocumented(public(), HttpMethod::Get, path, answer)
    }

    /// Adds other routes.
    pub fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Puts a layer around each route that is there so far. It sees requests that matched one of them, path and method,
    /// before their rules are asked.
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Endpoint> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.map(|router| router.route_layer(layer.clone()))
    }

    /// Lets the routes that are there so far wait until the service is prepared.
    pub(crate) fn gated(mut self) -> Self {
        self.0.iter_mut().for_each(|route| route.gated = true);
        self
    }

    /// The paths of the routes that wait until the service is prepared.
    pub(crate) fn gated_paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|route| route.gated).map(|route| route.path.as_str())
    }

    /// Gives the handlers their state.
    pub fn with_state<T>(self, state: S) -> Routes<T> {
        self.map(|router| router.with_state(state.clone()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The permissions that the rules name, each once, in alphabetical order.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|route| route.rule.permission()).collect::<BTreeSet<_>>().into_iter()
    }

    /// Which of them need no token.
    pub fn public(&self) -> PublicRoutes {
        let open = self.0.iter().filter(|route| *route.rule == AccessRule::Public);
        open.fold(PublicRoutes::default(), |table, Route { path, methods, .. }| {
            let table = methods.iter().fold(table, |table, asked| table.with(path, method(asked)));
            // A handler of GET answers HEAD as well, unless that has its own.
            let heads = methods.contains(&HttpMethod::Get) && !self.has(&HttpMethod::Head, path);
            if heads { table.with(path, Method::HEAD) } else { table }
        })
    }

    /// The router of all of them. The layers of [`crate::server`] go around it.
    pub fn into_router(self) -> Result<Router<S>, RouteError> {
        let mut taken = BTreeSet::new();
        let mut paths = BTreeMap::<String, MethodRouter<S>>::new();
        for Route { path, methods, router, .. } in self.0 {
            if let Some(twice) = methods
                .into_iter()
                .map(|one| method(&one))
                .find(|method| !taken.insert((path.clone(), method.to_string())))
            {
                return Err(RouteError::Twice { method: twice.to_string(), path });
            }
            let there = paths.remove(&path).unwrap_or_default();
            paths.insert(path, there.merge(router));
        }
        check(paths.keys())?;
        Ok(paths.into_iter().fold(Router::new(), |all, (path, router)| all.route(&path, router)))
    }

    pub(super) fn has(&self, method: &HttpMethod, path: &str) -> bool {
        self.0.iter().any(|route| route.path == path && route.methods.contains(method))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Route<S>> {
        self.0.iter()
    }

    fn map<T>(self, change: impl Fn(MethodRouter<S>) -> MethodRouter<T>) -> Routes<T> {
        Routes(self.0.into_iter().map(|route| route.map(&change)).collect())
    }
}

/// Refuses what a router would panic at: it is built on the same `matchit`.
fn check<'a>(paths: impl Iterator<Item = &'a String>) -> Result<(), RouteError> {
    let mut tree = matchit::Router::new();
    for path in paths {
        let refused = |reason: String| RouteError::Path { path: path.clone(), reason };
        if !path.starts_with('/') {
            return Err(refused("it must start with `/`".to_owned()));
        }
        if path.split('/').any(|segment| segment.starts_with([':', '*'])) {
            return Err(refused("parameters are written `{name}`, and `{*rest}` for all that follows".to_owned()));
        }
        tree.insert(path.as_str(), ()).map_err(|error| refused(error.to_string()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::any_caller;

    fn served(routes: &[(HttpMethod, &str)]) -> Result<(), RouteError> {
        let add = |all: Routes, (method, path): &(HttpMethod, &str)| {
            all.undocumented(any_caller(), method.clone(), path, async || "here")
        };
        routes.iter().fold(Routes::new(), add).into_router().map(drop)
    }

    #[test]
    fn what_cannot_be_served_together_is_named() {
        use HttpMethod::{Get, Post};
        served(&[(Get, "/a/{id}"), (Post, "/a/{id}"), (Get, "/a/b"), (Get, "/{*rest}")]).unwrap();
        let twice = served(&[(Get, "/a"), (Post, "/a"), (Get, "/a")]).unwrap_err();
        assert_eq!(twice, RouteError::Twice { method: "GET".to_owned(), path: "/a".to_owned() });
        for wrong in ["", "a", "/:id", "/*rest", "/{id", "/{*rest}/x"] {
            let refused = served(&[(Get, wrong)]).unwrap_err();
            assert!(matches!(&refused, RouteError::Path { path, .. } if path == wrong), "{refused}");
        }
        let conflict = served(&[(Get, "/a/{id}"), (Post, "/a/{name}")]).unwrap_err().to_string();
        assert!(conflict.contains("`/a/{name}`") && conflict.contains("/a/{id}"), "{conflict}");
    }
}
