//! An issuer of tokens inside the test: real HTTP, keys that rotate, and tokens of every kind, also forged ones.

mod key;
mod token;

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

pub use key::{FakeKey, KeyKind};
pub use token::FakeToken;

use crate::{auth::AuthConfig, clock::Clock};

/// An issuer on a free port of the loopback address. It ends when it is dropped.
pub struct FakeIssuer {
    url: String,
    clock: Arc<dyn Clock>,
    state: Arc<Issuer>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Issuer {
    url: String,
    signing: Mutex<Option<Arc<FakeKey>>>,
    published: Mutex<Vec<Value>>,
    calls_itself: Mutex<Option<String>>,
    away: AtomicBool,
    questions: AtomicUsize,
}

impl FakeIssuer {
    /// Starts an issuer with one key. Its tokens tell the clock's time.
    ///
    /// # Errors
    ///
    /// If no port is free, or the system gives no randomness.
    pub async fn start(kind: KeyKind, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/realm", listener.local_addr()?);
        let state = Arc::new(Issuer { url: url.clone(), ..Issuer::default() });
        let routes = Router::new()
            .route("/realm/.well-known/openid-configuration", get(describe))
            .route("/realm/keys", get(keys))
            .with_state(state.clone());
        let server = tokio::spawn(async move {
            // It ends only when the test drops the issuer.
            let _ = axum::serve(listener, routes).await;
        });
        let issuer = Self { url, clock, state, server };
        issuer.rotate(kind)?;
        Ok(issuer)
    }

    /// Its name.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A configuration that trusts it.
    pub fn config(&self) -> AuthConfig {
        AuthConfig { issuer: self.url.clone(), allow_insecure_issuer: true, ..AuthConfig::default() }
    }

    /// Makes a key and publishes it beside the others; new tokens are signed with it.
    ///
    /// # Errors
    ///
    /// If the system gives no randomness.
    pub fn rotate(&self, kind: KeyKind) -> io::Result<Arc<FakeKey>> {
        let id = format!("key-{}", lock(&self.state.published).len() + 1);
        let key = Arc::new(FakeKey::generate(kind, &id)?);
        self.publish(key.jwk());
        *lock(&self.state.signing) = Some(key.clone());
        Ok(key)
    }

    /// Publishes a JSON Web Key as it is.
    pub fn publish(&self, jwk: Value) {
        lock(&self.state.published).push(jwk);
    }

    /// Takes back all keys but the one that signs.
    pub fn retire_old_keys(&self) {
        let signing = lock(&self.state.signing).clone();
        lock(&self.state.published).retain(|jwk| signing.as_ref().is_some_and(|key| jwk["kid"] == *key.id()));
    }

    /// Answers every question with 503, or no longer.
    pub fn away(&self, away: bool) {
        self.state.away.store(away, Ordering::SeqCst);
    }

    /// Gives another name than its own when it describes itself.
    pub fn call_itself(&self, name: &str) {
        *lock(&self.state.calls_itself) = Some(name.to_owned());
    }

    /// How often its keys were asked for.
    pub fn questions(&self) -> usize {
        self.state.questions.load(Ordering::SeqCst)
    }

    /// The key that signs now.
    pub fn key(&self) -> Option<Arc<FakeKey>> {
        lock(&self.state.signing).clone()
    }

    /// An access token of `subject` for the default audience that is fine for five minutes, as Keycloak would make it.
    pub fn token(&self, subject: &str) -> FakeToken {
        FakeToken::new(&self.url, subject, self.clock.now(), self.key())
    }
}

impl Drop for FakeIssuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn describe(State(issuer): State<Arc<Issuer>>) -> Result<Json<Value>, impl IntoResponse> {
    if issuer.away.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let name = lock(&issuer.calls_itself).clone().unwrap_or_else(|| issuer.url.clone());
    Ok(Json(json!({"issuer": name, "jwks_uri": format!("{}/keys", issuer.url)})))
}

async fn keys(State(issuer): State<Arc<Issuer>>) -> Result<Json<Value>, impl IntoResponse> {
    if issuer.away.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    issuer.questions.fetch_add(1, Ordering::SeqCst);
    Ok(Json(json!({"keys": *lock(&issuer.published)})))
}
