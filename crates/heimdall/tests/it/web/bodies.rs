use axum::{
    Router,
    body::Body,
    http::Request,
    routing::{get as route, patch, post},
};
use heimdall::http::{ETag, IdempotencyKey, IfMatch, Json, MergePatch, Path, Problem, Query};
use heimdall::server::Limits;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Answer, get, layers, send};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Order {
    template: String,
    #[serde(default)]
    parameters: serde_json::Map<String, serde_json::Value>,
    start: Option<bool>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(default)]
    note: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Filter {
    status: Option<String>,
    #[serde(default)]
    limit: heimdall::http::Limit,
}

fn router() -> Router {
    let create = async |key: Option<IdempotencyKey>, Json(order): Json<Order>| {
        (ETag::of_version(1), key.map(|key| [("x-key", key.to_string())]), Json(order))
    };
    let change = async |Path(_): Path<Uuid>, tag: IfMatch, MergePatch(change): MergePatch<Change>| {
        tag.check(7)?;
        Ok::<_, Problem>(Json(change))
    };
    let list = async |Query(filter): Query<Filter>| Json(filter);
    let routes = Router::new()
        .route("/orders", post(create).get(list))
        .route("/orders/{id}", patch(change).get(async |Path(id): Path<Uuid>| id.to_string()))
        .route("/names/{name}", route(async |Path(name): Path<String>| name));
    layers().limits(Limits { body_bytes: 20_000, ..Limits::default() }).around(routes)
}

async fn post_as(content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/orders");
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    send(&router(), request.body(body.into()).unwrap()).await
}

async fn post_json(body: impl Into<Body>) -> Answer {
    post_as(Some("application/json"), body).await
}

#[tokio::test]
async fn a_right_body_is_read() {
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
        let answer = post_as(Some(content_type), r#"{"template": "service", "start": false}"#).await;
        assert_eq!(answer.json()["template"], "service", "{content_type}");
        assert_eq!(answer.headers["etag"], "\"1\"");
    }
}

#[tokio::test]
async fn other_content_types_are_415_and_hear_which_are_accepted() {
    for content_type in [None, Some("text/plain"), Some("application/json; charset=latin1"), Some("json"), Some("")] {
        let refused = post_as(content_type, r#"{"template": "x"}"#).await.refused(415, "unsupported-media-type");
        assert_eq!(refused.problem.extensions["accepted"][0], "application/json", "{content_type:?}");
        assert!(refused.problem.detail.unwrap().contains("application/json"));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_told_ahead_or_not() {
    let large = format!(r#"{{"template": "{}"}}"#, "x".repeat(20_000));
    let told = post_json(large.clone()).await.refused(413, "body-too-large");
    assert!(told.problem.detail.unwrap().contains("20000 bytes"));
    let chunks = futures::stream::iter(
        large.into_bytes().chunks(1000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>(),
    );
    post_json(Body::from_stream(chunks)).await.refused(413, "body-too-large");
}

#[tokio::test]
async fn what_cannot_be_read_is_400() {
    let deep = "[".repeat(10_000);
    let deep_object = "{\"a\":".repeat(3_000);
    let bodies: [(&[u8], &str); 9] = [
        (b"", ""),
        (b"{", ""),
        (b"{\"template\": \"\xff\"}", ""),
        (br#"{"template": "x",}"#, ""),
        (br#"{"template": "x"} {}"#, ""),
        (br#"{"template": "x", "template": "y"}"#, "/template"),
        (br#"{"template": "x", "parameters": {"a": "b\u0000"}}"#, "/parameters/a"),
        (deep.as_bytes(), ""),
        (deep_object.as_bytes(), ""),
    ];
    for (body, pointer) in bodies {
        let refused = post_json(body.to_vec()).await.refused(400, "malformed-request");
        assert_eq!(refused.pointers(), [pointer], "{:?}", String::from_utf8_lossy(body));
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let chunks: [Result<&[u8], std::io::Error>; 2] = [Ok(b"{"), Err(std::io::ErrorKind::ConnectionReset.into())];
    post_json(Body::from_stream(futures::stream::iter(chunks))).await.refused(400, "malformed-request");
}

#[tokio::test]
async fn everything_that_is_wrong_is_named() {
    let body = r#"{"templat": "x", "parameters": 7, "start": "yes", "extra": {"a": 1}}"#;
    let refused = post_json(body).await.refused(422, "invalid-request");
    assert_eq!(refused.pointers(), ["/template", "/parameters", "/start", "/templat", "/extra"]);
    assert!(refused.problem.errors.iter().all(|error| !error.expected.is_empty()));
}

#[tokio::test]
async fn query_parameters_are_as_strict() {
    let router = router();
    assert_eq!(send(&router, get("/orders?limit=3")).await.json()["limit"], 3);
    let refused = send(&router, get("/orders?limit=0&stat=x&status=a&status=b")).await.refused(422, "invalid-request");
    assert_eq!(refused.pointers(), ["?status", "?limit", "?stat"]);
}

#[tokio::test]
async fn an_id_that_is_no_id_is_404() {
    let router = router();
    for path in ["/orders/7", "/orders/%00", "/orders/%ff", "/names/a%00b", "/names/%ff"] {
        send(&router, get(path)).await.refused(404, "not-found");
    }
    assert_eq!(send(&router, get("/names/a%2Fb")).await.text(), "a/b");
}

#[tokio::test]
async fn a_patch_says_which_version_it_means() {
    let router = router();
    let patch = |tag: Option<&str>, content_type: &str| {
        let mut request = Request::patch(format!("/orders/{}", Uuid::nil())).header("content-type", content_type);
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        send(&router, request.body(Body::from(r#"{"note": null}"#)).unwrap())
    };
    for content_type in ["application/merge-patch+json", "application/json"] {
        assert_eq!(patch(Some("\"7\""), content_type).await.status, 200);
    }
    patch(Some("*"), "text/plain").await.refused(415, "unsupported-media-type");
    patch(None, "application/json").await.refused(428, "precondition-required");
    patch(Some("7"), "application/json").await.refused(400, "malformed-request");
    let stale = patch(Some("\"6\""), "application/json").await.refused(412, "precondition-failed");
    assert_eq!(stale.headers["etag"], "\"7\"");
}

#[tokio::test]
async fn an_idempotency_key_is_taken_or_refused() {
    let with = |key: &str| {
        let request = Request::post("/orders").header("content-type", "application/json");
        let request = request.header("idempotency-key", key).body(Body::from(r#"{"template": "x"}"#)).unwrap();
        async move { send(&router(), request).await }
    };
    assert_eq!(with("a-1").await.headers["x-key"], "a-1");
    let refused = with(&"a".repeat(256)).await.refused(400, "malformed-request");
    assert_eq!(refused.pointers(), ["#Idempotency-Key"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes, the answer is the order or a problem of the right class.
    #[test]
    fn bodies_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), json in r#"[\[\]{}:,"a-f0-9\\ut. ]{0,80}"#) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for body in [body, json.into_bytes()] {
            let answer = runtime.block_on(post_json(body));
            prop_assert!([200, 400, 422].contains(&answer.status.as_u16()), "{}", answer.text());
        }
    }
}
