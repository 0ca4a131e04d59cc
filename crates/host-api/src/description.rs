use heimdall::routes::{ApiDescription, Link, PublicApi};
use utoipa::openapi::OpenApi;

use crate::operations::operations;
use crate::problems;

/// What this API says of itself.
pub const DESCRIPTION: ApiDescription = ApiDescription {
    title: "Valkyrie Scaffolder API",
    version: env!("CARGO_PKG_VERSION"),
    summary: "It turns templates into working, event-driven services.",
    description: "\
Valkyrie turns templates into working, event-driven services. A *scaffold task* is a request for one.

- Every error is a problem document (RFC 9457); its `type` is the address of a page that explains it.
- Lists are paged: pass `nextCursor` as `cursor` until it is null.
- A task's `ETag` is its version. `If-Match` says which version a change is for.
- What happens to tasks is told on a topic, too: see `/discovery/v1/asyncapi`.",
    license: "Apache-2.0",
    tags: &[
        ("Scaffold tasks", "Requests for services, and what became of them"),
        ("Templates", "What services can be made from"),
        ("Catalog", "What is known of the Backstage catalog"),
    ],
    links: &[
        Link {
            name: "tasks",
            address: "/api/v1/scaffold-tasks",
            about: "request services, and see what became of them",
        },
        Link { name: "templates", address: "/api/v1/templates", about: "what services can be made from" },
        Link { name: "catalog", address: "/api/v1/catalog/entities", about: "what is known of the Backstage catalog" },
    ],
};

/// The `OpenAPI` 3.1 document of the Scaffolder API.
pub fn openapi() -> OpenApi {
    PublicApi::new("valkyrie").routes(operations()).describe(DESCRIPTION).problems(&problems::OWN).openapi()
}
