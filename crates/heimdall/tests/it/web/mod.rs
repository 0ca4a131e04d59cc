//! Requests through a router with all layers on.

mod attacks;
mod bodies;
mod development;
mod issuer;
mod keycloak;
mod layers;
mod problems;
mod routes;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    handler::Handler,
    http::{HeaderMap, Request, StatusCode},
};
use chrono::TimeDelta;
use heimdall::{
    auth::{AuthConfig, Authentication, PermissionTable, Verifier},
    clock::Clock,
    http::ProblemDocument,
    routes::{AccessRule, HttpMethod, Routes},
    server::{Access, Layers, Limits},
    testing::{FakeIssuer, KeyKind, ManualClock, SeededIds},
};
use serde_json::Value;
use tower::ServiceExt as _;

/// The problem of a response, after the checks that hold for each of them.
struct Refused {
    headers: HeaderMap,
    problem: ProblemDocument,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The problem that this answer must be.
    #[track_caller]
    fn refused(self, status: u16, slug: &str) -> Refused {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.headers["content-type"], "application/problem+json", "{text}");
        let problem: ProblemDocument = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.kind, format!("/problems/{slug}"));
        assert_eq!(problem.status, status);
        assert_eq!(problem.instance.as_deref(), Some(self.headers["x-request-id"].to_str().unwrap()));
        Refused { headers: self.headers, problem }
    }
}

impl Refused {
    fn pointers(&self) -> Vec<&str> {
        self.problem.errors.iter().map(|error| error.pointer.as_str()).collect()
    }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn get_with(path: &str, token: &str) -> Request<Body> {
    Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()
}

/// A handler of GET behind a rule.
fn at<H: Handler<T, ()>, T: 'static>(path: &str, rule: AccessRule, handler: H) -> Routes {
    Routes::new().undocumented(rule, HttpMethod::Get, path, handler)
}

fn layers() -> Layers {
    Layers::new(Arc::new(SeededIds::default()), Access::Open)
}

/// A fake issuer, a clock that stands still, and a verifier that trusts the issuer.
struct Trust {
    clock: ManualClock,
    issuer: FakeIssuer,
    verifier: Arc<Verifier>,
}

impl Trust {
    async fn in_issuer(kind: KeyKind) -> Self {
        let clock = ManualClock::default();
        let issuer = FakeIssuer::start(kind, Arc::new(clock.clone())).await.unwrap();
        let verifier = verifier(&issuer.config(), &clock);
        Self { clock, issuer, verifier }
    }

    fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Routes behind the layers.
    fn guard(&self, routes: Routes) -> Router {
        self.guard_with(Limits::default(), routes)
    }

    fn guard_with(&self, limits: Limits, routes: Routes) -> Router {
        let authentication = Authentication::new(self.verifier.clone()).public(routes.public());
        let layers = Layers::new(Arc::new(SeededIds::default()), Access::Tokens(authentication)).limits(limits);
        layers.around(routes.into_router().unwrap())
    }
}

fn verifier(config: &AuthConfig, clock: &ManualClock) -> Arc<Verifier> {
    let table = PermissionTable::new(["things:read", "things:write"]).role("editor", &["things:write"]);
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    Arc::new(Verifier::new(config, table, clock).unwrap())
}
