use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use heimdall::testing::KeyKind;
use tower::ServiceExt as _;

use super::{api, routes};
use crate::web::{Trust, get, send};

/// What a token of each kind is answered with.
const TOKENS: [&str; 5] = ["none", "bad", "without a permission", "things:read", "things:write"];

async fn status(trust: &Trust, router: &Router, method: &Method, path: &str, token: &str) -> u16 {
    let signed = |scope: &str| trust.issuer.token("ann").scope(scope).sign().unwrap();
    let mut request = Request::builder().method(method).uri(path);
    let token = match token {
        "none" => None,
        "bad" => Some("a.b.c".to_owned()),
        "without a permission" => Some(signed("openid")),
        scope => Some(signed(scope)),
    };
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if method == Method::POST {
        request = request.header("content-type", "application/json");
    }
    send(router, request.body(Body::from("{")).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn each_rule_holds_for_each_kind_of_token_whatever_the_method() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(api().into_routes());
    let expected: [(&str, &str, [u16; 5]); 15] = [
        ("GET", "/things", [401, 401, 403, 200, 403]),
        ("HEAD", "/things", [401, 401, 403, 200, 403]),
        ("GET", "/things/chair", [401, 401, 403, 200, 403]),
        ("GET", "/things/nothing", [401, 401, 403, 404, 403]),
        // The body is not even JSON, which only who may write hears.
        ("POST", "/things", [401, 401, 403, 403, 400]),
        ("GET", "/who", [401, 401, 200, 200, 200]),
        ("GET", "/about", [200, 200, 200, 200, 200]),
        ("HEAD", "/about", [200, 200, 200, 200, 200]),
        // A method that is not there, on a public path and on a closed one.
        ("POST", "/about", [401, 401, 405, 405, 405]),
        ("DELETE", "/things", [401, 401, 405, 405, 405]),
        ("BREW", "/about", [401, 401, 405, 405, 405]),
        // Addresses that look like public ones.
        ("GET", "/about/", [401, 401, 404, 404, 404]),
        ("GET", "/about/things", [401, 401, 404, 404, 404]),
        ("GET", "/problems/unheard-of", [404, 404, 404, 404, 404]),
        ("GET", "/nowhere", [401, 401, 404, 404, 404]),
    ];
    for (method, path, statuses) in expected {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        for (token, expected) in TOKENS.iter().zip(statuses) {
            assert_eq!(status(&trust, &router, &method, path, token).await, expected, "{method} {path}: {token}");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_hears_which_are() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(api().into_routes());
    let token = trust.issuer.token("ann").sign().unwrap();
    let request = Request::delete("/things").header("authorization", format!("Bearer {token}"));
    let refused = send(&router, request.body(Body::empty()).unwrap()).await.refused(405, "method-not-allowed");
    let mut allowed: Vec<_> = refused.headers["allow"].to_str().unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn without_layers_nothing_but_public_routes_answers() {
    let router: Router = api().into_routes().into_router().unwrap();
    for (path, expected) in [("/things", 401), ("/who", 401), ("/about", 200)] {
        let response = router.clone().oneshot(get(path)).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{path}");
    }
}

#[test]
fn the_rules_are_the_tables_of_permissions_and_of_what_is_public() {
    let routes = routes();
    assert_eq!(routes.permissions().collect::<Vec<_>>(), ["things:read", "things:write"]);
    let public = routes.public();
    assert!(public.contains("/about", &Method::GET) && public.contains("/about", &Method::HEAD));
    assert!(!public.contains("/about", &Method::POST) && !public.contains("/things", &Method::GET));
}

#[tokio::test]
async fn what_is_wrong_with_the_database_is_a_problem_without_a_line_in_the_service() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(api().into_routes());
    let away = send(&router, get("/count")).await.refused(503, "unavailable");
    assert_eq!(away.headers["retry-after"], "5");
    assert_eq!(away.problem.detail.as_deref(), Some("the database is not available"));
    let broken = send(&router, get("/broken")).await.refused(500, "internal-error");
    assert_eq!(broken.problem.detail, None, "what is broken is nobody's business");
}

#[tokio::test]
async fn what_is_not_there_is_said_with_its_name() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(api().into_routes());
    let token = trust.issuer.token("ann").scope("things:read").sign().unwrap();
    let refused = send(&router, crate::web::get_with("/things/lamp", &token)).await.refused(404, "not-found");
    assert_eq!(refused.problem.detail.as_deref(), Some("there is no thing `lamp`"));
}
