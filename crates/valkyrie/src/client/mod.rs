//! A client of a running server, for the command line.

mod error;
mod tasks;

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;

pub(crate) use error::ClientError;
pub(crate) use tasks::{ListQuery, NewAccount, NewTask, Page, Removals};

/// How long a server may take to answer; artifacts are read without a limit.
const SERVER_TIMEOUT: Duration = Duration::from_secs(30);

/// Speaks to one server, with one token.
pub(crate) struct Client {
    http: reqwest::Client,
    server: Url,
    token: Option<String>,
}

impl Client {
    /// A client of the server at `server`, such as `http://127.0.0.1:7100`.
    pub(crate) fn new(server: Url, token: Option<String>) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("valkyrie/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(SERVER_TIMEOUT)
            .read_timeout(SERVER_TIMEOUT)
            .build()
            .map_err(ClientError::Setup)?;
        Ok(Self { http, server, token })
    }

    /// A request to `path`, whose parts are escaped.
    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, ClientError> {
        let mut url = self.server.clone();
        url.path_segments_mut().map_err(|()| ClientError::Address(self.server.clone()))?.pop_if_empty().extend(path);
        let request = self.http.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|source| ClientError::unreachable(&self.server, source))?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(ClientError::refused(response, self.token.is_some()).await)
        }
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        self.send(request).await?.json().await.map_err(ClientError::Answer)
    }
}
