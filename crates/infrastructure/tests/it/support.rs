use std::sync::Arc;

use application::domain::{Actor, JsonObject, TaskState, TemplateVersion};
use application::ports::{
    Accepted, Context, Scaffolding, ScaffoldingError, Template, Templates, Values, Viewer, Violation,
};
use application::tasks::{Caller, Request, RequestOutcome, ScaffoldTasks, TaskInput};
use application::{Clock, Ids};
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::database::Database;
use heimdall::ids::{Ids as _, TimeOrderedIds};
use heimdall::testing::TestDatabase;
use heimdall::wake::{Wake, WakeListener};
use infrastructure::{Adapters, CatalogConfig, EventsConfig, MIGRATIONS, Settings, Vault};
use serde_json::{Value, json};

/// Runs a test on `SQLite`, and in a module `postgres` on Postgres.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($installation:ident: Installation) $body:block)*) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let $installation = crate::support::Installation::on(crate::support::sqlite().await);
                $body
            })*
        }
        mod postgres {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some(database) = crate::support::postgres().await else { return };
                let $installation = crate::support::Installation::on(database);
                $body
            })*
        }
    };
}
pub(crate) use on_both_databases;

pub(crate) async fn sqlite() -> TestDatabase {
    TestDatabase::sqlite_with(&MIGRATIONS).await
}

pub(crate) async fn postgres() -> Option<TestDatabase> {
    TestDatabase::postgres_with(&MIGRATIONS).await
}

/// The adapters over a database of the test's own.
pub(crate) struct Installation {
    pub(crate) database: TestDatabase,
    pub(crate) adapters: Adapters,
    pub(crate) tasks: ScaffoldTasks,
    /// What the relay would hear.
    pub(crate) woken: WakeListener,
}

impl Installation {
    pub(crate) fn on(database: TestDatabase) -> Self {
        let wake = Wake::default();
        let woken = wake.listen();
        let adapters = adapters(&database, wake);
        Self { tasks: adapters.scaffold_tasks(), adapters, database, woken }
    }

    pub(crate) async fn request(&self, who: &str, name: &str) -> TaskState {
        match self.tasks.request(caller(who), request(name)).await.unwrap() {
            RequestOutcome::Created(task) => *task,
            RequestOutcome::Replayed(reply) => panic!("an old answer: {reply:?}"),
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let query = heimdall::database::Query::new(format!("SELECT COUNT(*) AS count FROM {table}"));
        self.database.fetch_optional(query).await.unwrap().unwrap().get("count").unwrap()
    }
}

fn adapters(database: &Database, wake: Wake) -> Adapters {
    Adapters::new(Settings {
        database: database.clone(),
        templates: Arc::new(OneTemplate),
        vault: Vault::with_key(&"ab".repeat(32)).unwrap(),
        catalog: CatalogConfig::default(),
        events: EventsConfig::default(),
        public_url: "https://valkyrie.example".into(),
        clock: Clock::new(|| SystemClock.now()),
        ids: Ids::new({
            let ids = TimeOrderedIds;
            move || ids.next()
        }),
        wake,
    })
}

pub(crate) fn actor(who: &str) -> Actor {
    Actor::new("https://issuer.example", who)
}

pub(crate) fn viewer(who: &str) -> Viewer {
    Viewer { actor: actor(who), sees_all: who == "admin" }
}

pub(crate) fn caller(who: &str) -> Caller {
    Caller { viewer: viewer(who), context: Context { request: Some("request-1".into()), ..Context::default() } }
}

pub(crate) fn object(value: impl Into<Value>) -> JsonObject {
    value.into().as_object().unwrap().clone()
}

pub(crate) fn request(name: &str) -> Request {
    let input = TaskInput { template: "plain".into(), parameters: object(json!({"name": name})), account: None };
    Request { input, start: true, idempotency: None }
}

/// A template that takes anything; `token` is its secret. Another one, `open`, has no secrets.
struct OneTemplate;

impl Templates for OneTemplate {
    fn list(&self) -> Vec<Arc<Template>> {
        self.find("plain").into_iter().collect()
    }

    fn find(&self, name: &str) -> Option<Arc<Template>> {
        ["plain", "open"].contains(&name).then(|| {
            Arc::new(Template {
                version: TemplateVersion { name: name.into(), version: "1".into(), digest: "d".repeat(64) },
                title: "Plain".into(),
                description: String::new(),
                owner: None,
                kind: "service".into(),
                tags: vec![],
                parameters: json!({"type": "object"}),
            })
        })
    }

    fn accept(&self, template: &Template, given: JsonObject) -> Result<Accepted, Vec<Violation>> {
        if template.version.name == "open" {
            return Ok(Accepted { parameters: given, secrets: JsonObject::new() });
        }
        let (secrets, parameters) = given.into_iter().partition(|(key, _)| key == "token");
        Ok(Accepted { parameters, secrets })
    }

    fn open(&self, template: &TemplateVersion, _: Values) -> Result<Box<dyn Scaffolding>, ScaffoldingError> {
        Err(ScaffoldingError::Unknown(template.name.clone()))
    }
}
