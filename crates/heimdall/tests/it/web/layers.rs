use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::{AppendHeaders, IntoResponse as _},
    routing::get as route,
};
use heimdall::{
    http::RequestId,
    routes::{any_caller, public},
    server::{HttpMetrics, Limits},
    testing::KeyKind,
};
use prometheus_client::{encoding::text::encode, registry::Registry};
use tokio::sync::Notify;

use super::{Trust, at, get, get_with, layers, send};

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let router = layers().around(Router::new().route("/things", route(async || "things")));
    send(&router, get("/nothing")).await.refused(404, "not-found");
    let post = Request::post("/things").body(Body::empty()).unwrap();
    let refused = send(&router, post).await.refused(405, "method-not-allowed");
    assert_eq!(refused.headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let panics = async || -> &'static str { panic!("the password is hunter2") };
    let router = layers().around(Router::new().route("/", route(panics)));
    let refused = send(&router, get("/")).await.refused(500, "internal-error");
    assert!(!serde_json::to_string(&refused.problem).unwrap().contains("hunter2"));
    assert_eq!(send(&router, get("/")).await.status, 500, "and the next request is answered, too");
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_503() {
    let router = Router::new().route("/", route(std::future::pending::<&'static str>));
    let router = layers().limits(Limits { request_seconds: 0, ..Limits::default() }).around(router);
    let refused = send(&router, get("/")).await.refused(503, "timeout");
    assert_eq!(refused.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_request_keeps_a_sane_id_and_gets_one_otherwise() {
    let router = layers().around(Router::new().route("/", route(async |id: RequestId| id.to_string())));
    let with = |id: &str| send(&router, Request::get("/").header("x-request-id", id).body(Body::empty()).unwrap());
    let sane = with("build-7.a_B").await;
    assert_eq!((sane.text().as_str(), &sane.headers["x-request-id"]), ("build-7.a_B", &"build-7.a_B".parse().unwrap()));
    for strange in ["", "a b", "a\"b", "<script>", &"a".repeat(129)] {
        let answer = with(strange).await;
        let id: uuid::Uuid = answer.text().parse().unwrap();
        assert_eq!(id.get_version_num(), 7, "{strange}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_be_careful_unless_the_application_says_otherwise() {
    let own = async || {
        let cookies = AppendHeaders([("set-cookie", "a=1"), ("set-cookie", "b=2")]);
        ([("cache-control", "max-age=60"), ("content-security-policy", "default-src 'self'")], cookies)
    };
    let router = layers().around(Router::new().route("/own", route(own)).route("/", route(async || "text")));
    let answer = send(&router, get("/")).await;
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let own = send(&router, get("/own")).await;
    assert_eq!(own.headers["cache-control"], "max-age=60");
    assert_eq!(own.headers["content-security-policy"], "default-src 'self'");
    assert_eq!(own.headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
}

#[tokio::test]
async fn errors_that_the_application_words_itself_stay() {
    let own = async || (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response();
    let router = layers().around(Router::new().route("/", route(own)));
    assert_eq!(send(&router, get("/")).await.text(), "not ready");
}

#[tokio::test]
async fn more_than_fits_is_503_but_what_is_public_is_answered() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (entered, leave) = (entered.clone(), leave.clone());
        async move || {
            entered.notify_one();
            leave.notified().await;
            "done"
        }
    };
    let app = at("/slow", any_caller(), slow).merge(at("/health", public(), async || "up"));
    let router = trust.guard_with(Limits { requests_in_flight: 1, ..Limits::default() }, app);

    let token = trust.issuer.token("ann").sign().unwrap();
    let first = tokio::spawn({
        let (router, request) = (router.clone(), get_with("/slow", &token));
        async move { send(&router, request).await }
    });
    entered.notified().await;
    let refused = send(&router, get_with("/slow", &token)).await.refused(503, "overloaded");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(send(&router, get("/health")).await.text(), "up");
    leave.notify_one();
    assert_eq!(first.await.unwrap().text(), "done");
}

#[tokio::test]
async fn a_caller_who_asks_too_often_is_429() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let limits = Limits { caller_requests_per_second: 1, caller_burst: 2, ..Limits::default() };
    let router = trust.guard_with(limits, at("/", any_caller(), async || "ok"));
    let (ann, bob) = ("ann", "bob");
    let ask = async |who: &str| send(&router, get_with("/", &trust.issuer.token(who).sign().unwrap())).await;
    assert_eq!(ask(ann).await.status, 200);
    assert_eq!(ask(ann).await.status, 200);
    let refused = ask(ann).await.refused(429, "too-many-requests");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(ask(bob).await.status, 200);
}

#[tokio::test]
async fn requests_are_counted_by_the_route_as_it_was_declared() {
    let mut registry = Registry::default();
    let metrics = HttpMetrics::register(&mut registry);
    let app = Router::new().route("/things/{id}", route(async || "thing"));
    let router = layers().metrics(metrics).around(app);
    for path in ["/things/1", "/things/2", "/nothing/3"] {
        send(&router, get(path)).await;
    }
    let strange = Request::builder().method("BREW").uri("/things/1").body(Body::empty()).unwrap();
    send(&router, strange).await;
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    for line in [
        "http_requests_total{method=\"GET\",route=\"/things/{id}\",status=\"200\"} 2",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "http_requests_total{method=\"other\",route=\"/things/{id}\",status=\"405\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/things/{id}\",status=\"200\"} 2",
        "http_requests_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_is_no_longer_in_flight() {
    let mut registry = Registry::default();
    let app = Router::new().route("/", route(std::future::pending::<&'static str>));
    let router = layers().metrics(HttpMetrics::register(&mut registry)).around(app);
    tokio::time::timeout(Duration::from_millis(20), send(&router, get("/"))).await.map(|_| ()).unwrap_err();
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    assert!(text.contains("http_requests_in_flight 0"), "{text}");
}
