use axum::{Router, body::Body, http::Request};
use heimdall::{
    routes::{PublicApi, public},
    testing::KeyKind,
};

use super::api;
use crate::web::{Answer, Trust, at, get, send};

async fn router() -> Router {
    Trust::in_issuer(KeyKind::Es256).await.guard(api().into_routes())
}

/// A page, which loads nothing from outside.
async fn page(router: &Router, path: &str) -> String {
    let request = Request::get(path).header("accept", "text/html,*/*;q=0.8").body(Body::empty()).unwrap();
    let answer = send(router, request).await;
    let content_type = answer.headers["content-type"].to_str().unwrap();
    assert_eq!((answer.status.as_u16(), content_type), (200, "text/html; charset=utf-8"), "{path}");
    let text = answer.text();
    for attribute in ["src=\"", "<link rel=\"stylesheet\" href=\""] {
        for part in text.split(attribute).skip(1) {
            let address = part.split('"').next().unwrap();
            assert!(!address.contains("//"), "{path} loads {address}");
        }
    }
    text
}

#[tokio::test]
async fn the_page_of_the_api_works_without_the_internet() {
    let router = router().await;
    let text = page(&router, "/discovery/v1/openapi").await;
    assert!(text.contains("<title>Things &amp; more</title>"), "{text}");
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"] {
        assert!(text.contains(&format!("\"openapi/{file}\"")), "{text}");
        let answer = send(&router, get(&format!("/discovery/v1/openapi/{file}"))).await;
        assert!(answer.status == 200 && !answer.body.is_empty(), "{file}");
    }
    let document = send(&router, get("/discovery/v1/openapi/schema.json")).await;
    assert_eq!(document.json(), serde_json::to_value(api().openapi()).unwrap());
    for file in ["index.html", "nothing", "..%2f..%2fetc%2fpasswd"] {
        send(&router, get(&format!("/discovery/v1/openapi/{file}"))).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn the_root_says_where_everything_is_and_it_is_there() {
    let router = router().await;
    let index: Answer = send(&router, get("/")).await;
    assert_eq!(index.headers["content-type"], "application/json");
    let index = index.json();
    assert_eq!((&index["service"], &index["version"]), (&"shop".into(), &"1.2.3".into()));
    let text = page(&router, "/").await;
    assert!(text.contains("<h1>Things &amp; more 1.2.3</h1>") && text.contains("<code>things</code>"), "{text}");
    for (name, address) in index["links"].as_object().unwrap() {
        let address = address.as_str().unwrap();
        assert!(text.contains(&format!("<a href=\"{address}\">")), "{name}");
        // Health is added where listeners are opened.
        if name != "readiness" {
            assert_eq!(send(&router, get(address)).await.status, 200, "{name}");
        }
    }
}

#[tokio::test]
async fn a_service_may_have_a_root_of_its_own() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let own = PublicApi::new("shop").routes(at("/", public(), async || "mine"));
    assert_eq!(send(&trust.guard(own.into_routes()), get("/")).await.text(), "mine");
}

#[tokio::test]
async fn each_problem_of_the_service_has_its_page() {
    let router = router().await;
    assert!(page(&router, "/problems").await.contains("href=\"/problems/sold\""));
    assert!(page(&router, "/problems/sold").await.contains("<p>Somebody was faster.</p>"));
}
