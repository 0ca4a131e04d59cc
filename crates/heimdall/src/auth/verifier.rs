use std::{sync::Arc, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

use super::{
    AuthConfig, Caller, DevelopmentIssuer, PermissionTable, challenge,
    claims::Claims,
    discovery::Discovery,
    key_source::{KeySource, NoKey},
    keys::Keys,
    token::Token,
};
use crate::{clock::Clock, config::Section as _, http::Problem};

/// How long a verified token is remembered at most.
const REMEMBERED: TimeDelta = TimeDelta::minutes(5);

/// Verifies bearer tokens: signed by a trusted issuer's key, meant for this service, and valid now.
///
/// An issuer that is away stops no process: its keys are kept, and tokens that cannot be checked are answered with 503.
pub struct Verifier {
    issuers: Vec<(String, KeySource)>,
    audience: String,
    role_paths: Vec<Vec<String>>,
    table: PermissionTable,
    clock: Arc<dyn Clock>,
    remembered: Cache<[u8; 32], Arc<Remembered>>,
}

struct Remembered {
    caller: Arc<Caller>,
    issuer: usize,
    generation: u64,
    until: DateTime<Utc>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not hold. The reason may be told to its sender.
    #[error("{0}")]
    Invalid(&'static str),
    /// It cannot be checked, for the issuer's keys are not to be had.
    #[error("the issuer's keys cannot be fetched")]
    Unavailable,
}

/// Why a verifier cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum VerifierError {
    /// The section `auth` is wrong.
    #[error("the configuration of `auth` is wrong: {0}")]
    Config(String),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
}

impl Verifier {
    /// Trusts the configured issuer, if there is one. Nothing is fetched before it is needed.
    pub fn new(config: &AuthConfig, table: PermissionTable, clock: Arc<dyn Clock>) -> Result<Self, VerifierError> {
        if let Some(wrong) = config.validate().first() {
            return Err(VerifierError::Config(wrong.to_string()));
        }
        let discovery = Discovery::new(config).map_err(VerifierError::Client)?;
        let issuers = discovery.map(|discovery| (config.issuer.clone(), KeySource::remote(discovery)));
        let lifetime = Duration::from_secs(REMEMBERED.num_seconds().unsigned_abs());
        Ok(Self {
            issuers: issuers.into_iter().collect(),
            audience: config.audience.clone(),
            role_paths: config.role_paths(),
            table,
            clock,
            remembered: Cache::builder().max_capacity(10_000).time_to_live(lifetime).build(),
        })
    }

    /// Trusts a development issuer, too.
    #[must_use]
    pub fn trust(mut self, issuer: &DevelopmentIssuer) -> Self {
        let keys = KeySource::Fixed(Keys::fixed(vec![issuer.key()]));
        self.issuers.push((issuer.issuer().to_owned(), keys));
        self
    }

    /// Who a token stands for.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>, TokenError> {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(known) = self.remembered.get(&key) {
            let (_, keys) = &self.issuers[known.issuer];
            let now = self.clock.now();
            if now < known.until && keys.generation(now, &*self.clock).await == known.generation {
                return Ok(known.caller.clone());
            }
            self.remembered.invalidate(&key);
        }
        let known = Arc::new(self.check(token).await?);
        let caller = known.caller.clone();
        if self.clock.now() < known.until {
            self.remembered.insert(key, known);
        }
        Ok(caller)
    }

    async fn check(&self, token: &str) -> Result<Remembered, TokenError> {
        let token = Token::read(token).map_err(TokenError::Invalid)?;
        let claimed = token.claimed_issuer();
        let issuer = self.issuers.iter().position(|(name, _)| claimed == Some(name.as_str()));
        let issuer = issuer.ok_or(TokenError::Invalid("the token is of an issuer that is not trusted (iss)"))?;
        let (name, keys) = &self.issuers[issuer];
        let found = keys.find(token.key_id(), token.algorithm(), &*self.clock).await;
        let (key, generation) = found.map_err(|error| match error {
            NoKey::Unknown => TokenError::Invalid("the token is signed with a key that its issuer does not have"),
            NoKey::Unavailable => TokenError::Unavailable,
        })?;
        let claims = token.verified(&key).map_err(TokenError::Invalid)?;
        let now = self.clock.now();
        let expires = claims.check(&self.audience, now).map_err(TokenError::Invalid)?;
        let caller = Arc::new(self.caller(name, &claims));
        Ok(Remembered { caller, issuer, generation, until: expires.min(now + REMEMBERED) })
    }

    fn caller(&self, issuer: &str, claims: &Claims) -> Caller {
        let roles = claims.roles(&self.role_paths);
        Caller {
            issuer: issuer.to_owned(),
            subject: claims.text("sub").unwrap_or_default().to_owned(),
            permissions: self.table.granted(claims.scopes(), roles.iter().map(String::as_str)),
            roles,
            name: claims.name(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid(reason) => challenge::invalid_token(reason),
            TokenError::Unavailable => {
                let detail = "the token cannot be checked, for its issuer does not answer";
                Problem::unavailable(detail, Duration::from_secs(5))
            }
        }
    }
}
