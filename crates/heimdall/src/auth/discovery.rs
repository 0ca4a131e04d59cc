use std::time::Duration;

use reqwest::{Client, Response, redirect::Policy};
use serde_json::Value;
use url::Url;

use super::{
    config::{AuthConfig, address_error},
    keys::Keys,
};

/// How long the issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// More than any key set has.
const MAX_BYTES: usize = 1024 * 1024;

/// Asks an issuer for its keys.
pub(super) struct Discovery {
    client: Client,
    issuer: String,
    url: String,
    insecure: bool,
}

/// Why an issuer's keys are not to be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiscoveryError {
    #[error("{url} cannot be asked")]
    Request { url: String, source: reqwest::Error },
    #[error("{url} answered {status}")]
    Status { url: String, status: u16 },
    #[error("{url} answered with more than {MAX_BYTES} bytes")]
    TooLarge { url: String },
    #[error("{url} answered with something that is no JSON")]
    Json { url: String, source: serde_json::Error },
    #[error("the issuer calls itself `{found}`, not `{expected}`")]
    Issuer { expected: String, found: String },
    #[error("`jwks_uri` {0}")]
    KeysAddress(String),
    #[error("{url} lists no key that verifies signatures")]
    NoKeys { url: String },
}

impl Discovery {
    /// None without an issuer.
    pub(super) fn new(config: &AuthConfig) -> Result<Option<Self>, reqwest::Error> {
        let Some(url) = config.discovery() else { return Ok(None) };
        let mut client = Client::builder().timeout(TIMEOUT).redirect(Policy::none());
        // A proxy's loopback is not ours.
        let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
        if host.is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host.as_str())) {
            client = client.no_proxy();
        }
        let (issuer, insecure) = (config.issuer.clone(), config.allow_insecure_issuer);
        Ok(Some(Self { client: client.build()?, issuer, url, insecure }))
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys of this moment.
    pub(super) async fn keys(&self) -> Result<Keys, DiscoveryError> {
        let description = self.get(&self.url).await?;
        let found = description.get("issuer").and_then(Value::as_str).unwrap_or_default();
        if found != self.issuer {
            return Err(DiscoveryError::Issuer { expected: self.issuer.clone(), found: found.to_owned() });
        }
        let url = description.get("jwks_uri").and_then(Value::as_str).unwrap_or_default();
        if let Some(message) = address_error(url, self.insecure) {
            return Err(DiscoveryError::KeysAddress(message));
        }
        let keys = Keys::of_set(&self.get(url).await?);
        if keys.is_empty() {
            return Err(DiscoveryError::NoKeys { url: url.to_owned() });
        }
        Ok(keys)
    }

    async fn get(&self, url: &str) -> Result<Value, DiscoveryError> {
        let failed = |source| DiscoveryError::Request { url: url.to_owned(), source };
        let response = self.client.get(url).header("accept", "application/json").send().await.map_err(failed)?;
        if response.status() != 200 {
            return Err(DiscoveryError::Status { url: url.to_owned(), status: response.status().as_u16() });
        }
        let body = collect(response).await.map_err(failed)?;
        let body = body.ok_or_else(|| DiscoveryError::TooLarge { url: url.to_owned() })?;
        serde_json::from_slice(&body).map_err(|source| DiscoveryError::Json { url: url.to_owned(), source })
    }
}

async fn collect(mut response: Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
