use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::TestService;
use crate::ids::Ids as _;
use crate::testing::SeededIds;

/// Somebody who sends requests to the service of a test.
pub struct TestCaller<'s> {
    service: &'s TestService,
    token: Option<String>,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl TestService {
    /// A caller called `ann` with these permissions.
    pub fn caller(&self, permissions: &[&str]) -> TestCaller<'_> {
        self.caller_named("ann", permissions)
    }

    /// The same with another name.
    pub fn caller_named(&self, name: &str, permissions: &[&str]) -> TestCaller<'_> {
        let (now, id) = (self.service().clock().now(), SeededIds::new(1).next());
        let token = self.issuer.token(name, permissions, TimeDelta::hours(1), now, id).expect("a token");
        TestCaller { service: self, token: Some(token) }
    }

    /// Somebody without a token.
    pub fn anyone(&self) -> TestCaller<'_> {
        TestCaller { service: self, token: None }
    }
}

impl TestCaller<'_> {
    /// `GET path`.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> TestResponse {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> TestResponse {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A request that is not among the others; [`send`](Self::send) sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.service.running.address().expect("the service serves something");
        let request = self.service.client.request(method, format!("http://{address}{path}"));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request, and reads the answer.
    pub async fn send(&self, request: RequestBuilder) -> TestResponse {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the answer's body");
        TestResponse { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }
}

impl TestResponse {
    /// The body as a `T`.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.body.clone()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
