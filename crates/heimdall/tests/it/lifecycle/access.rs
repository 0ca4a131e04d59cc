//! Who is let in: nobody, unless told.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use heimdall::{
    auth::{Caller, DevelopmentIssuer},
    clock::{Clock as _, SystemClock},
    ids::{Ids as _, TimeOrderedIds},
    lifecycle::{CompositionError, Host, Running, Service},
    routes::{HttpMethod, Routes, any_caller, permission},
};

use super::{config, get, open, start};

#[tokio::test]
async fn without_a_token_only_public_routes_and_health_answer() {
    let running = start(async |service| {
        service.routes(open("/open", async || "2"));
        service.routes(Routes::new().undocumented(any_caller(), HttpMethod::Get, "/closed", async || "1"));
        Ok(())
    })
    .await;
    running.ready().await;
    for closed in ["/closed", "/nowhere", "/healthz", "/metrics"] {
        let (status, problem) = get(&running, closed).await;
        assert_eq!((status, problem["status"].as_u64()), (401, Some(401)), "{closed}");
    }
    let posted =
        reqwest::Client::new().post(format!("http://{}/open", running.address().unwrap())).send().await.unwrap();
    assert_eq!(posted.status(), 401, "public is one method of a path, not the path");
    for public in ["/open", "/healthz/liveness", "/", "/problems", "/discovery/v1/openapi"] {
        assert_eq!(get(&running, public).await.0, 200, "{public}");
    }
    running.stop().await.unwrap();
}

#[tokio::test]
async fn routes_that_cannot_be_served_together_are_refused_at_the_start() {
    let host = Host::new(config());
    let refused = host.start(async |service| {
        service.routes(open("/things", async || "1"));
        service.routes(open("/things", async || "2"));
        Ok(())
    });
    let error = refused.await.err().unwrap();
    assert!(matches!(error, CompositionError::Routes(_)), "{error}");
    assert!(error.to_string().contains("`GET /things` is routed twice"), "{error}");
}

/// As two hosts do that are composed in one process.
#[tokio::test]
async fn permissions_and_roles_of_several_hosts_are_joined() {
    let data = tempfile::tempdir().unwrap();
    let mut token = String::new();
    let running = start(async |service| {
        let permissions = async |caller: Caller| axum::Json(caller.permissions);
        let at = |path, rule| Routes::new().undocumented(rule, HttpMethod::Get, path, permissions);
        service.routes(at("/things", permission("things:read")));
        service.role("admin", &["things:manage"]);
        service.routes(at("/orders", permission("orders:read")));
        service.role("admin", &["orders:manage"]);
        token = trust(service, &data, &["things:read", "orders:read", "things:manage", "orders:manage", "cars:read"])?;
        Ok(())
    })
    .await;
    running.ready().await;
    for path in ["/things", "/orders"] {
        let granted: BTreeSet<String> = ask(&running, path, "localhost", &token).await.json().await.unwrap();
        let expected = ["orders:manage", "orders:read", "things:manage", "things:read"].map(str::to_owned);
        assert_eq!(granted, BTreeSet::from(expected), "{path}");
    }
    running.stop().await.unwrap();
}

/// Lets a service trust a development issuer, and signs a token with it.
fn trust(service: &Service, data: &tempfile::TempDir, scopes: &[&str]) -> Result<String, CompositionError> {
    let issuer =
        DevelopmentIssuer::of_instance(data.path(), "valkyrie", "valkyrie").map_err(CompositionError::other)?;
    let token = issuer.token("ann", scopes, TimeDelta::minutes(5), SystemClock.now(), TimeOrderedIds.next());
    service.trust(issuer)?;
    token.map_err(CompositionError::other)
}

async fn ask(running: &Running, path: &str, host: &str, token: &str) -> reqwest::Response {
    let url = format!("http://{}{path}", running.address().unwrap());
    reqwest::Client::new().get(url).bearer_auth(token).header("host", host).send().await.unwrap()
}

#[tokio::test]
async fn a_development_issuer_is_trusted_on_the_loopback_address_and_by_its_names_only() {
    let data = tempfile::tempdir().unwrap();
    let mut token = String::new();
    let running = start(async |service| {
        token = trust(service, &data, &["things:read"])?;
        let who = async |caller: Caller| caller.subject;
        service.routes(Routes::new().undocumented(any_caller(), HttpMethod::Get, "/who", who));
        Ok(())
    })
    .await;
    running.ready().await;
    assert_eq!(ask(&running, "/who", "localhost", &token).await.text().await.unwrap(), "ann");
    assert_eq!(ask(&running, "/who", "rebound.example", &token).await.status(), 403);
    running.stop().await.unwrap();

    let issuer = DevelopmentIssuer::open(data.path()).unwrap();
    let host = Host::new(config().default("http.address", "0.0.0.0"));
    let refused = host.start(async move |service| service.trust(issuer)).await.err().unwrap();
    assert!(matches!(refused, CompositionError::DevelopmentIssuer { .. }), "{refused}");
}
