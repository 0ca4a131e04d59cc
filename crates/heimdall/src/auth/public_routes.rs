use std::collections::BTreeMap;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};

/// Which routes need no token: each a path as it was declared (`/things/{id}`) with a method. A request is public by the
/// route that it matched, never by what its address looks like; what matched none is not.
///
/// ```
/// use axum::http::Method;
/// use heimdall::auth::PublicRoutes;
///
/// let public = PublicRoutes::default().with("/about", Method::GET);
/// assert!(public.contains("/about", &Method::GET));
/// assert!(!public.contains("/about", &Method::POST));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PublicRoutes(BTreeMap<String, Vec<Method>>);

impl PublicRoutes {
    /// Adds a route.
    #[must_use]
    pub fn with(mut self, path: &str, method: Method) -> Self {
        self.0.entry(path.to_owned()).or_default().push(method);
        self
    }

    /// Whether a route is public.
    pub fn contains(&self, path: &str, method: &Method) -> bool {
        self.0.get(path).is_some_and(|methods| methods.contains(method))
    }

    /// Whether the route that a request has matched is public.
    pub(crate) fn matched_by(&self, request: &Request) -> bool {
        let route = request.extensions().get::<MatchedPath>();
        route.is_some_and(|route| self.contains(route.as_str(), request.method()))
    }
}
