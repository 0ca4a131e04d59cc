use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::world::{TASKS, World};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn what_cannot_be_read_is_400_and_nothing_is_kept() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let deep =
        format!("{{\"template\":\"service\",\"parameters\":{}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let bodies: [(&[u8], &str); 7] = [
        (b"", ""),
        (b"{\"template\": \"service\"", ""),
        (br#"{"template": "service", "template": "nameless", "parameters": {"a": 1, "a": 2}}"#, "/template"),
        (deep.as_bytes(), ""),
        (br#"{"template": "service", "parameters": {"name": "a\u0000b"}}"#, "/parameters/name"),
        (b"{\"template\": \"service\xff\"}", ""),
        (b"\xef\xbb\xbf{}", ""),
    ];
    for (body, pointer) in bodies {
        let answer = ada.send(Method::POST, TASKS, &[JSON], Body::from(body.to_vec())).await;
        let wrong = answer.wrong(400, "malformed-request");
        assert!(wrong.iter().any(|given| given == pointer), "{pointer} in {wrong:?}");
    }
    assert_eq!(ada.get(TASKS).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn wrong_types_and_unknown_fields_are_422_all_of_them() {
    let world = World::start().await;
    let body = json!({
        "template": 7, "parameters": [], "start": "yes", "colour": "red",
        "account": {"identifier": 1, "rol": "x"},
    });
    let mut wrong = world.as_("ada").post(TASKS, &body).await.wrong(422, "invalid-request");
    wrong.sort();
    assert_eq!(wrong, ["/account/identifier", "/account/rol", "/colour", "/parameters", "/start", "/template"]);
}

#[tokio::test]
async fn other_media_types_and_large_bodies_are_refused() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let body = || Body::from("template=service");
    for headers in [&[][..], &[("content-type", "application/x-www-form-urlencoded")]] {
        ada.send(Method::POST, TASKS, headers, body()).await.refused(415, "unsupported-media-type");
    }
    let large = format!("{{\"template\": \"{}\"}}", "a".repeat(1024 * 1024));
    ada.send(Method::POST, TASKS, &[JSON], Body::from(large)).await.refused(413, "body-too-large");
}

#[tokio::test]
async fn ids_that_are_none_name_nothing() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let simple = "0198c0de000070008000000000000001";
    for id in ["1", "latest", simple, "%00", "%ff", "..", "0198c0de-0000-7000-8000-00000000000g"] {
        ada.get(&format!("{TASKS}/{id}")).await.refused(404, "not-found");
        ada.delete(&format!("{TASKS}/{id}"), "*").await.refused(404, "not-found");
        ada.ask(&format!("{TASKS}/{id}/queue")).await.refused(404, "not-found");
    }
    ada.get(&format!("{TASKS}/0198c0de-0000-7000-8000-000000000001")).await.refused(404, "not-found");
    ada.send(Method::PUT, TASKS, &[], Body::empty()).await.refused(405, "method-not-allowed");
    ada.get("/api/v1/nothing").await.refused(404, "not-found");
}
