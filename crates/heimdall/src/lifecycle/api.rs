use utoipa::openapi::OpenApi;

use super::Service;
use crate::{
    http::ProblemType,
    routes::{ApiDescription, DescriptionDefaults, PublicApi, Routes},
};

impl Service {
    /// Serves routes on the public listener, inside the layers of [`crate::server`], each by its rule. Until the service is
    /// prepared they answer 503. Addresses and methods that nothing is routed to answer 401 without a token, then 404 or 405.
    ///
    /// With the first of them come the pages that every service has, and those of the events that it declares; see
    /// [`crate::routes`].
    pub fn routes(&self, routes: Routes) {
        self.change_api(|api| api.routes(routes.gated()));
    }

    /// Says what the routes are: the head of the `OpenAPI` and the AsyncAPI document, and of the page at `/`. Where several
    /// hosts are composed in one process, the first word counts, and tags and links are joined.
    pub fn describe(&self, description: ApiDescription) {
        self.change_api(|api| api.describe(description));
    }

    /// Names the problems that the routes answer with beside the foundation's own; each gets its page.
    pub fn problems(&self, problems: &[ProblemType]) {
        self.change_api(|api| api.problems(problems));
    }

    /// The `OpenAPI` 3.1 document of all routes so far. Nothing has to run for it.
    pub fn openapi(&self) -> OpenApi {
        self.api().openapi()
    }

    /// What counts where no description says it.
    pub(super) fn describe_by_default(&self, defaults: DescriptionDefaults) {
        self.change_api(|api| api.default_to(defaults));
    }

    fn change_api(&self, change: impl FnOnce(PublicApi) -> PublicApi) {
        let mut api = self.api();
        let there = std::mem::replace(&mut *api, PublicApi::new(self.config().name()));
        *api = change(there);
    }
}
