use application::JsonObject;
use application::view::TaskView;
use reqwest::{Method, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Client, ClientError};

const TASKS: [&str; 3] = ["api", "v1", "scaffold-tasks"];
const REMOVALS: [&str; 4] = ["api", "v1", "catalog", "removals"];

/// What a new task is asked to be.
#[derive(Debug, Serialize)]
pub(crate) struct NewTask {
    pub(crate) template: String,
    pub(crate) parameters: JsonObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<NewAccount>,
    pub(crate) start: bool,
}

/// The account of a new task.
#[derive(Debug, Serialize)]
pub(crate) struct NewAccount {
    pub(crate) identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
}

/// Which tasks to list.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ListQuery {
    pub(crate) limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_cursor: Option<String>,
}

/// A line of a task's log.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LogLine {
    pub(crate) line: u64,
    pub(crate) attempt: u32,
    pub(crate) step: String,
    pub(crate) at: String,
    pub(crate) message: String,
}

/// Services that have vanished from the catalog.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Removals {
    pub(crate) items: Vec<Removal>,
    pub(crate) held: bool,
}

/// A service that has vanished from the catalog.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Removal {
    pub(crate) task: String,
    pub(crate) entity_ref: String,
    pub(crate) removed_at: String,
    pub(crate) status: String,
}

/// To how many tasks something was done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Decided {
    pub(crate) tasks: u64,
}

impl Client {
    /// Asks for a service.
    pub(crate) async fn submit(&self, task: &NewTask, idempotency_key: Option<&str>) -> Result<TaskView, ClientError> {
        let mut request = self.request(Method::POST, &TASKS)?.json(task);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.read(request).await
    }

    /// One task.
    pub(crate) async fn task(&self, id: &str) -> Result<TaskView, ClientError> {
        self.read(self.about(Method::GET, id, None)?).await
    }

    /// A page of tasks, newest first.
    pub(crate) async fn tasks(&self, query: &ListQuery) -> Result<Page<TaskView>, ClientError> {
        self.read(self.request(Method::GET, &TASKS)?.query(query)).await
    }

    /// Hands a draft to the workers.
    pub(crate) async fn queue(&self, id: &str) -> Result<TaskView, ClientError> {
        self.read(self.about(Method::POST, id, Some("queue"))?).await
    }

    /// Stops a task.
    pub(crate) async fn cancel(&self, id: &str) -> Result<TaskView, ClientError> {
        self.read(self.about(Method::POST, id, Some("cancel"))?).await
    }

    /// Tries a failed task again, with its write-only parameters given anew.
    pub(crate) async fn retry(&self, id: &str, parameters: JsonObject) -> Result<TaskView, ClientError> {
        let request = self.about(Method::POST, id, Some("retry"))?;
        let request = if parameters.is_empty() {
            request
        } else {
            request.json(&json!({"parameters": Value::Object(parameters)}))
        };
        self.read(request).await
    }

    /// A page of a task's log, oldest first.
    pub(crate) async fn log(&self, id: &str, cursor: Option<&str>) -> Result<Page<LogLine>, ClientError> {
        let mut request = self.about(Method::GET, id, Some("log"))?.query(&[("limit", "100")]);
        if let Some(cursor) = cursor {
            request = request.query(&[("cursor", cursor)]);
        }
        self.read(request).await
    }

    /// The finished service, to be read piece by piece.
    pub(crate) async fn artifact(&self, id: &str) -> Result<Response, ClientError> {
        self.send(self.about(Method::GET, id, Some("artifact"))?).await
    }

    /// The services that have vanished from the catalog.
    pub(crate) async fn removals(&self) -> Result<Removals, ClientError> {
        self.read(self.request(Method::GET, &REMOVALS)?).await
    }

    /// Decides about all of them: `confirm` or `discard`.
    pub(crate) async fn decide_removals(&self, decision: &str) -> Result<Decided, ClientError> {
        let path: Vec<_> = REMOVALS.into_iter().chain([decision]).collect();
        self.read(self.request(Method::POST, &path)?).await
    }

    fn about(&self, method: Method, id: &str, what: Option<&str>) -> Result<reqwest::RequestBuilder, ClientError> {
        let mut path = TASKS.to_vec();
        path.push(id);
        path.extend(what);
        self.request(method, &path)
    }
}
