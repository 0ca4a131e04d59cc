use std::sync::Arc;

use axum::{Router, body::Body, http::Request, routing::get as route};
use chrono::TimeDelta;
use heimdall::{
    auth::{AuthConfig, Authentication, Caller, DevelopmentIssuer, PermissionTable, Verifier},
    clock::Clock as _,
    server::{Access, Layers},
    testing::{ManualClock, SeededIds},
};
use uuid::Uuid;

use super::send;

struct Instance {
    clock: ManualClock,
    data: tempfile::TempDir,
    router: Router,
}

fn instance() -> Instance {
    let (clock, data) = (ManualClock::default(), tempfile::tempdir().unwrap());
    let issuer = DevelopmentIssuer::of_instance(data.path(), "valkyrie", "valkyrie").unwrap();
    let table = PermissionTable::new(["things:read"]);
    let verifier = Verifier::new(&AuthConfig::default(), table, Arc::new(clock.clone())).unwrap().trust(&issuer);
    let who = async |caller: Caller| format!("{} {} {:?}", caller.issuer, caller.subject, caller.permissions);
    let access = Access::Tokens(Authentication::new(Arc::new(verifier)));
    let layers = Layers::new(Arc::new(SeededIds::default()), access).loopback_only();
    Instance { clock, data, router: layers.around(Router::new().route("/who", route(who))) }
}

fn token(instance: &Instance, lifetime: TimeDelta) -> String {
    // As another process does it.
    let issuer = DevelopmentIssuer::open(instance.data.path()).unwrap();
    issuer.token("developer", &["things:read"], lifetime, instance.clock.now(), Uuid::nil()).unwrap()
}

fn ask(token: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get("/who").header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

const HOST: (&str, &str) = ("host", "127.0.0.1:7100");

#[tokio::test]
async fn another_process_makes_tokens_of_the_running_instance() {
    let instance = instance();
    let answer = send(&instance.router, ask(&token(&instance, TimeDelta::minutes(5)), &[HOST])).await;
    assert_eq!(answer.text(), "urn:valkyrie:development developer {\"things:read\"}");
}

#[tokio::test]
async fn a_token_lives_an_hour_at_most() {
    let instance = instance();
    let token = token(&instance, TimeDelta::days(365));
    instance.clock.advance(TimeDelta::minutes(59));
    assert_eq!(send(&instance.router, ask(&token, &[HOST])).await.status, 200);
    instance.clock.advance(TimeDelta::minutes(2));
    send(&instance.router, ask(&token, &[HOST])).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn another_instance_does_not_take_its_tokens() {
    let (one, other) = (instance(), instance());
    let token = token(&one, TimeDelta::minutes(5));
    send(&other.router, ask(&token, &[HOST])).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_refused_even_with_a_token() {
    let instance = instance();
    let token = token(&instance, TimeDelta::minutes(5));
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[],
        &[("host", "rebound.example:7100")],
        &[HOST, ("origin", "http://evil.example")],
        &[HOST, ("origin", "null")],
        &[HOST, ("sec-fetch-site", "cross-site")],
    ];
    for headers in elsewhere {
        send(&instance.router, ask(&token, headers)).await.refused(403, "foreign-origin");
    }
    let same = [HOST, ("origin", "http://127.0.0.1:7100")];
    assert_eq!(send(&instance.router, ask(&token, &same)).await.status, 200);
}
