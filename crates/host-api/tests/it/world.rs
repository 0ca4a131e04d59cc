//! An installation of a test's own, and callers of its API.

use std::sync::Arc;
use std::time::Duration;

use application::domain::{Actor, Failure, TaskId};
use application::events::TASK_NAMESPACE;
use application::ports::{Lease, Outcome, RenderedFile};
use application::runs::{ClaimOutcome, TaskRuns};
use application::{Clock, Ids};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use heimdall::asyncapi::AsyncApi;
use heimdall::auth::{Authentication, PermissionTable, Verifier};
use heimdall::clock::Clock as _;
use heimdall::config::Config;
use heimdall::database::Database;
use heimdall::http::ProblemDocument;
use heimdall::ids::{Ids as _, TimeOrderedIds};
use heimdall::lifecycle::Host;
use heimdall::routes::PublicApi;
use heimdall::server::{Access, Layers};
use heimdall::testing::{FakeIssuer, FakeToken, KeyKind, ManualClock, TestDatabase};
use host_api::{Api, DESCRIPTION, UseCases, permissions, problems, routes};
use infrastructure::{Adapters, CatalogConfig, EventsConfig, MIGRATIONS, Settings, Vault};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::templates::FakeTemplates;

pub(crate) const TASKS: &str = "/api/v1/scaffold-tasks";
/// What a developer has.
pub(crate) const DEVELOPER: &str = "scaffold-tasks:read scaffold-tasks:write templates:read catalog:read";
/// What somebody has who looks after others' tasks, too.
pub(crate) const ADMIN: &str =
    "scaffold-tasks:read scaffold-tasks:write scaffold-tasks:admin templates:read catalog:read";

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) issuer: FakeIssuer,
    pub(crate) adapters: Adapters,
    pub(crate) clock: ManualClock,
    pub(crate) database: Option<TestDatabase>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::sqlite_with(&MIGRATIONS).await;
        let mut world = Self::over(&database).await;
        world.database = Some(database);
        world
    }

    pub(crate) async fn over(database: &Database) -> Self {
        let clock = ManualClock::default();
        let issuer = FakeIssuer::start(KeyKind::Es256, Arc::new(clock.clone())).await.unwrap();
        let adapters = adapters(database, clock.clone());
        let use_cases = UseCases {
            decommissioning: adapters.decommissioning(),
            tasks: adapters.scaffold_tasks(),
            catalog: adapters.catalog(),
            templates: adapters.templates.clone(),
            previews: adapters.previews(),
            fingerprints: adapters.fingerprints(),
        };
        let api = PublicApi::new("valkyrie").routes(routes(Api::new(use_cases, TASK_NAMESPACE)));
        let served = api.describe(DESCRIPTION).problems(&problems::OWN).events(events(&[]).await).into_routes();
        let roles = |table: PermissionTable, (role, granted)| table.role(role, granted);
        let table = permissions::roles().fold(PermissionTable::new(served.permissions()), roles);
        let verifier = Verifier::new(&issuer.config(), table, Arc::new(clock.clone())).unwrap();
        let access = Access::Tokens(Authentication::new(Arc::new(verifier)).public(served.public()));
        let router = Layers::new(Arc::new(TimeOrderedIds), access).around(served.into_router().unwrap());
        Self { router, issuer, adapters, clock, database: None }
    }

    /// A developer.
    pub(crate) fn as_(&self, subject: &str) -> Client<'_> {
        self.with(subject, DEVELOPER)
    }

    /// Somebody who looks after others' tasks, too.
    pub(crate) fn admin(&self) -> Client<'_> {
        self.with("root", ADMIN)
    }

    /// A caller with these scopes.
    pub(crate) fn with(&self, subject: &str, scopes: &str) -> Client<'_> {
        self.bearing(&self.token(subject).scope(scopes).sign().unwrap())
    }

    pub(crate) fn bearing(&self, token: &str) -> Client<'_> {
        Client { world: self, authorization: Some(format!("Bearer {token}")) }
    }

    pub(crate) fn nobody(&self) -> Client<'_> {
        Client { world: self, authorization: None }
    }

    pub(crate) fn token(&self, subject: &str) -> FakeToken {
        self.issuer.token(subject)
    }

    pub(crate) fn actor(&self, subject: &str) -> Actor {
        Actor::new(self.issuer.url(), subject)
    }

    /// A worker takes the task and begins.
    pub(crate) async fn begin(&self, id: &str) -> (TaskRuns, Lease) {
        let id: TaskId = id.parse().unwrap();
        let leases = self.adapters.queue.claim("worker-1", 100, Duration::from_mins(1)).await.unwrap();
        let lease = leases.into_iter().find(|lease| lease.task == id).expect("the task waits for a worker");
        let runs = self.adapters.task_runs();
        assert!(matches!(runs.begin(&lease).await.unwrap(), ClaimOutcome::Run(_)));
        (runs, lease)
    }

    /// A worker takes the task and fails.
    pub(crate) async fn fail(&self, id: &str) {
        let (runs, lease) = self.begin(id).await;
        let failure = Failure { step: "fetch".into(), message: "no such file".into(), retryable: true };
        runs.fail(&lease, failure).await.unwrap();
    }

    /// A worker takes the task and makes the service.
    pub(crate) async fn complete(&self, id: &str, archive: &[u8]) {
        let (runs, lease) = self.begin(id).await;
        let entity = json!({"kind": "Component", "metadata": {"name": "payments"}});
        let file = RenderedFile { path: "README.md".into(), executable: false, bytes: b"hello".to_vec() };
        let outcome = Outcome { files: vec![file], entities: vec![entity], archive: archive.to_vec() };
        runs.complete(&lease, &outcome).await.unwrap();
    }
}

/// What the API says of its events where this is configured.
pub(crate) async fn events(settings: &[(&str, &str)]) -> AsyncApi {
    let nothing: [(&str, &str); 0] = [];
    let layers = Config::builder("valkyrie").folder("/nonexistent").environment(nothing).default("http.port", 7100);
    let layers = settings.iter().fold(layers, |layers, (key, value)| layers.default(key, *value));
    let host = Host::new(infrastructure::sections(layers));
    host.describe(async |service| host_api::describe(service)).await.unwrap().asyncapi().unwrap()
}

fn adapters(database: &Database, clock: ManualClock) -> Adapters {
    Adapters::new(Settings {
        database: database.clone(),
        templates: Arc::new(FakeTemplates),
        vault: Vault::with_key(&"ab".repeat(32)).unwrap(),
        catalog: CatalogConfig::default(),
        events: EventsConfig { namespace: TASK_NAMESPACE.to_owned(), ..EventsConfig::default() },
        public_url: "https://valkyrie.example".into(),
        clock: Clock::new(move || clock.now()),
        ids: Ids::new(|| TimeOrderedIds.next()),
        wake: heimdall::wake::Wake::default(),
    })
}

/// Somebody who asks.
pub(crate) struct Client<'w> {
    world: &'w World,
    authorization: Option<String>,
}

impl Client<'_> {
    pub(crate) async fn get(&self, path: &str) -> RequestOutcome {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> RequestOutcome {
        self.json(Method::POST, path, &[], body).await
    }

    /// A POST without a body.
    pub(crate) async fn ask(&self, path: &str) -> RequestOutcome {
        self.send(Method::POST, path, &[], Body::empty()).await
    }

    pub(crate) async fn patch(&self, path: &str, if_match: &str, body: &Value) -> RequestOutcome {
        self.json(Method::PATCH, path, &[("if-match", if_match)], body).await
    }

    pub(crate) async fn delete(&self, path: &str, if_match: &str) -> RequestOutcome {
        self.send(Method::DELETE, path, &[("if-match", if_match)], Body::empty()).await
    }

    /// Requests a service that starts at once.
    pub(crate) async fn request(&self, name: &str) -> Value {
        let answer = self.post(TASKS, &order(name)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    pub(crate) async fn draft(&self, name: &str) -> Value {
        let mut order = order(name);
        order["start"] = json!(false);
        let answer = self.post(TASKS, &order).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> RequestOutcome {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.send(method, path, &headers, Body::from(body.to_string())).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> RequestOutcome {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let response = self.world.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        RequestOutcome { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }
}

/// A body that asks for the service `name`.
pub(crate) fn order(name: &str) -> Value {
    json!({"template": "service", "parameters": {"name": name, "owner": "group:default/team-a"}})
}

/// An answer, read to its end.
pub(crate) struct RequestOutcome {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl RequestOutcome {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value =
            self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}: {}", self.headers, self.text()));
        value.to_str().unwrap()
    }

    /// What this answer says, which must be all right.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        self.json()
    }

    /// The problem that this answer must be.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, slug: &str) -> ProblemDocument {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let problem: ProblemDocument = serde_json::from_slice(&self.body).unwrap();
        assert_eq!((problem.kind, problem.status), (format!("/problems/{slug}"), status), "{text}");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Where the problem says that something is wrong.
    #[track_caller]
    pub(crate) fn wrong(&self, status: u16, slug: &str) -> Vec<String> {
        self.refused(status, slug).errors.into_iter().map(|error| error.pointer).collect()
    }
}

/// A task's address.
pub(crate) fn path(task: &Value) -> String {
    format!("{TASKS}/{}", id(task))
}

pub(crate) fn id(task: &Value) -> &str {
    task["id"].as_str().unwrap()
}
