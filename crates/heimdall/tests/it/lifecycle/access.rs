//! Who is let in: nobody, unless told.

use std::collections::BTreeSet;

use axum::{Router, routing::get as route};
use chrono::TimeDelta;
use heimdall::{
    auth::{Caller, DevelopmentIssuer, PermissionTable},
    clock::{Clock as _, SystemClock},
    ids::{Ids as _, TimeOrderedIds},
    lifecycle::{CompositionError, Host},
};

use super::{config, get, start};

#[tokio::test]
async fn without_a_token_only_public_paths_and_health_answer() {
    let running = start(async |service| {
        service.serve(Router::new().route("/closed", route(async || "1")).route("/open", route(async || "2")));
        service.public_paths(&["/open"]);
        Ok(())
    })
    .await;
    running.ready().await;
    let (status, problem) = get(&running, "/closed").await;
    assert_eq!((status, problem["status"].as_u64()), (401, Some(401)));
    assert_eq!(get(&running, "/open").await.0, 200);
    assert_eq!(get(&running, "/healthz/liveness").await.0, 200);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_development_issuer_is_trusted_on_the_loopback_address_and_by_its_names_only() {
    let data = tempfile::tempdir().unwrap();
    let mut token = String::new();
    let running = start(async |service| {
        let issuer = DevelopmentIssuer::of_instance(data.path(), "valkyrie").map_err(CompositionError::other)?;
        token = issuer
            .token("ann", &["things:read"], TimeDelta::minutes(5), SystemClock.now(), TimeOrderedIds.next())
            .map_err(CompositionError::other)?;
        service.trust(issuer)?;
        service.permissions(PermissionTable::new(&["things:read", "things:write"]));
        let permissions = async |caller: Caller| axum::Json(caller.permissions);
        service.serve(Router::new().route("/permissions", route(permissions)));
        Ok(())
    })
    .await;
    running.ready().await;
    let url = format!("http://{}/permissions", running.address().unwrap());
    let ask = |host: &'static str| {
        let request = reqwest::Client::new().get(&url).bearer_auth(&token);
        async move { request.header("host", host).send().await.unwrap() }
    };
    let permissions: BTreeSet<String> = ask("localhost").await.json().await.unwrap();
    assert_eq!(permissions, BTreeSet::from(["things:read".to_owned()]));
    assert_eq!(ask("rebound.example").await.status(), 403);
    running.stop().await.unwrap();

    let issuer = DevelopmentIssuer::open(data.path()).unwrap();
    let host = Host::new(config().default("http.address", "0.0.0.0"));
    let refused = host.start(async move |service| service.trust(issuer)).await.err().unwrap();
    assert!(matches!(refused, CompositionError::DevelopmentIssuer { .. }), "{refused}");
}
