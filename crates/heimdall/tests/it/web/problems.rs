use axum::{Router, http::StatusCode};
use heimdall::{
    http::{FieldError, Problem, ProblemCatalog, ProblemDocument, ProblemType},
    routes::{PublicApi, public},
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::{at, get, layers, send};

const NAME_TAKEN: ProblemType = ProblemType {
    slug: "name-taken",
    status: StatusCode::CONFLICT,
    title: "The name is taken",
    explanation: "Another task holds this <name>.\n\nChoose `another`.",
};

fn router() -> Router {
    let taken = async || {
        let error = FieldError::new("/parameters/name", "is taken", "a name that no task holds");
        Problem::new(NAME_TAKEN).detail("held by another").error(error).extension("holder", "42")
    };
    let api = PublicApi::new("shop").routes(at("/", public(), taken)).problems(&[NAME_TAKEN]);
    layers().around(api.into_routes().into_router().unwrap())
}

#[tokio::test]
async fn an_applications_problem_travels_whole() {
    let refused = send(&router(), get("/")).await.refused(409, "name-taken");
    assert_eq!(refused.pointers(), ["/parameters/name"]);
    assert_eq!(refused.problem.extensions["holder"], "42");
    assert_eq!(refused.problem.title, "The name is taken");
}

#[tokio::test]
async fn each_type_has_a_page_that_works_offline() {
    let router = router();
    let list = send(&router, get("/problems")).await;
    assert_eq!(list.headers["content-type"], "text/html; charset=utf-8");
    for kind in ProblemCatalog::new(&[NAME_TAKEN]).kinds() {
        assert!(list.text().contains(&format!("href=\"{}\"", kind.reference())));
        let page = send(&router, get(&kind.reference())).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("<script"), "{text}");
    }
    let page = send(&router, get("/problems/name-taken")).await.text();
    assert!(page.contains("<p>Another task holds this &lt;name&gt;.</p>"), "{page}");
    assert!(page.contains("<code>another</code>"), "{page}");
    send(&router, get("/problems/unheard-of")).await.refused(404, "not-found");
}

#[test]
fn the_openapi_schema_is_called_problem() {
    assert_eq!(ProblemDocument::name(), "Problem");
    let schema = serde_json::to_value(ProblemDocument::schema()).unwrap();
    let text = schema.to_string();
    for member in ["type", "title", "status", "detail", "instance", "errors"] {
        assert!(text.contains(&format!("\"{member}\"")), "{text}");
    }
}
