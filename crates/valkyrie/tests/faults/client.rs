use std::time::{Duration, Instant};

use futures::StreamExt as _;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

/// How long anything may take before it counts as never.
pub(crate) const NEVER: Duration = Duration::from_mins(5);
/// How many requests are under way at once.
const AT_ONCE: usize = 8;
/// One request begins so long after the other, so that there is something going on for a while.
const PACE: Duration = Duration::from_millis(40);

/// A client that tries again until it gets an answer, as clients should.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    token: String,
    http: reqwest::Client,
}

impl Client {
    pub(crate) fn new(url: String, token: String) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        Self { url, token, http }
    }

    /// Asks for so many services, and says the tasks' ids.
    pub(crate) async fn request_all(&self, count: usize) -> Vec<String> {
        let paced = futures::stream::iter(0..count).then(|number| async move {
            sleep(PACE).await;
            number
        });
        let requests = paced.map(|number| self.request(number));
        requests.buffer_unordered(AT_ONCE).collect().await
    }

    /// Asks for a service until there is an answer; the key makes sure that it is asked for once.
    pub(crate) async fn request(&self, number: usize) -> String {
        let deadline = Instant::now() + NEVER;
        loop {
            match self.try_request(number).await {
                Ok((StatusCode::ACCEPTED, task)) => return task["id"].as_str().unwrap().to_owned(),
                Ok((status, body)) => assert!(status.is_server_error(), "{status}: {body}"),
                Err(error) => assert!(!error.is_builder(), "{error}"),
            }
            assert!(Instant::now() < deadline, "no answer");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks once.
    pub(crate) async fn try_request(&self, number: usize) -> reqwest::Result<(StatusCode, Value)> {
        let order = json!({
            "template": "small",
            "parameters": {"name": format!("service-{number}"), "owner": "group:default/payments"},
        });
        let request = self.http.post(format!("{}/api/v1/scaffold-tasks", self.url)).json(&order);
        let response =
            request.bearer_auth(&self.token).header("idempotency-key", format!("task-{number}")).send().await?;
        let status = response.status();
        Ok((status, response.json().await.unwrap_or_default()))
    }

    /// What an address says, once it says something.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let deadline = Instant::now() + NEVER;
        loop {
            let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await;
            if let Ok(answer) = answer
                && answer.status() == StatusCode::OK
                && let Ok(body) = answer.json().await
            {
                return body;
            }
            assert!(Instant::now() < deadline, "no answer from {path}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The status that an address answers with now, if it answers.
    pub(crate) async fn status(&self, path: &str) -> Option<StatusCode> {
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await;
        answer.ok().map(|answer| answer.status())
    }

    pub(crate) async fn until_completed(&self, id: &str) {
        let deadline = Instant::now() + NEVER;
        loop {
            let task = self.get(&format!("/api/v1/scaffold-tasks/{id}")).await;
            match task["status"].as_str().unwrap() {
                "completed" => return,
                "queued" | "running" => assert!(Instant::now() < deadline, "{task}"),
                _ => panic!("{task}"),
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The ids and types of a task's events, as its history has them.
    pub(crate) async fn history(&self, id: &str) -> Vec<(String, String)> {
        let page = self.get(&format!("/api/v1/scaffold-tasks/{id}/events?limit=100")).await;
        let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), text(item, "type"))).collect()
    }
}
