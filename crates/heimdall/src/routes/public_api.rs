use utoipa::openapi::OpenApi;

use super::{
    ApiDescription, Routes,
    description::{DescriptionDefaults, Descriptions},
    openapi, pages,
};
use crate::{
    asyncapi::AsyncApi,
    http::{ProblemCatalog, ProblemType},
};

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
    events: Option<AsyncApi>,
}

impl<S: Clone + Send + Sync + 'static> PublicApi<S> {
    /// The API of the service with this name.
    pub fn new(service: impl Into<String>) -> Self {
        let descriptions = Descriptions::of(service.into());
        Self { routes: Routes::new(), descriptions, problems: Vec::new(), events: None }
    }

    /// Sets what counts where no description says it.
    pub(crate) fn default_to(mut self, defaults: DescriptionDefaults) -> Self {
        self.descriptions.default_to(defaults);
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

    /// Adds what is said on topics and listened to, which has a document, a page and schemas of its own. A service knows
    /// it from what it declares ([`Service::asyncapi`](crate::lifecycle::Service::asyncapi)). Where it speaks of no events,
    /// nothing is added.
    pub fn events(mut self, events: AsyncApi) -> Self {
        self.events = Some(events).filter(|events| !events.is_empty());
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
        let pages = pages::all(&self.routes, &self.openapi(), self.events.as_ref(), &self.descriptions, self.catalog());
        self.routes.merge(pages)
    }

    /// Whether there are no routes.
    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// What is said of them.
    pub(crate) fn descriptions(&self) -> &Descriptions {
        &self.descriptions
    }

    /// The permissions that the rules of the routes name.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.routes.permissions()
    }

    fn catalog(&self) -> ProblemCatalog {
        ProblemCatalog::new(&self.problems)
    }
}
