use utoipa::openapi::OpenApi;

use super::{ApiDescription, Routes, description::Descriptions, openapi, pages};
use crate::http::{ProblemCatalog, ProblemType};

/// Routes with all that a service says of them: enough for the `OpenAPI` document, without a server that runs.
///
/// [`Service::routes`](crate::lifecycle::Service::routes), `describe` and `problems` fill one; by itself it is for tests and for
/// programs that write the document.
#[derive(Clone)]
#[must_use]
pub struct PublicApi<S = ()> {
    routes: Routes<S>,
    descriptions: Descriptions,
    problems: Vec<ProblemType>,
}

impl<S: Clone + Send + Sync + 'static> PublicApi<S> {
    /// The API of the service with this name.
    pub fn new(service: impl Into<String>) -> Self {
        Self { routes: Routes::new(), descriptions: Descriptions::of(service.into()), problems: Vec::new() }
    }

    /// Sets title and version for where no description says them.
    pub(crate) fn default_to(mut self, title: &str, version: Option<&str>) -> Self {
        self.descriptions.default_to(title, version);
        self
    }

    /// Adds routes.
    pub fn routes(mut self, routes: Routes<S>) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Adds what is said of them. Of what can be said once, the first word counts; tags and links are joined.
    pub fn describe(mut self, description: ApiDescription) -> Self {
        self.descriptions.add(description);
        self
    }

    /// Adds the problems that they answer with beside the foundation's own.
    pub fn problems(mut self, problems: &[ProblemType]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// The `OpenAPI` 3.1 document.
    pub fn openapi(&self) -> OpenApi {
        openapi::document(&self.routes, &self.descriptions, &self.catalog())
    }

    /// The routes, and beside them the pages that every service has. None where there are no routes.
    pub fn into_routes(self) -> Routes<S> {
        if self.routes.is_empty() {
            return self.routes;
        }
        let pages = pages::all(&self.routes, &self.openapi(), &self.descriptions, self.catalog());
        self.routes.merge(pages)
    }

    /// The permissions that the rules of the routes name.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.routes.permissions()
    }

    fn catalog(&self) -> ProblemCatalog {
        ProblemCatalog::new(&self.problems)
    }
}
