use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;

use super::{
    discovery::Discovery,
    keys::{Key, Keys},
};
use crate::clock::Clock;

/// After this long the keys are asked for again, so that one the issuer took back is not trusted for long.
pub(super) const REFRESH_AFTER: TimeDelta = TimeDelta::minutes(5);
/// One more question to the issuer is allowed after this long, and [`MAX_BUDGET`] in a row: tokens with invented key
/// ids must not make us flood it, and a rotation just after start must not wait.
const BUDGET_EVERY: TimeDelta = TimeDelta::seconds(10);
const MAX_BUDGET: u8 = 5;

/// An issuer's keys: fixed, or fetched and kept while the issuer is away.
pub(super) enum KeySource {
    Fixed(Keys),
    Remote(Box<RemoteKeys>),
}

/// Why there is no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has no such key.
    Unknown,
    /// The issuer cannot be asked.
    Unavailable,
}

pub(super) struct RemoteKeys {
    discovery: Discovery,
    current: ArcSwapOption<Fetched>,
    fetch_budget: Mutex<FetchBudget>,
}

/// Keys as they were fetched.
struct Fetched {
    keys: Keys,
    /// Grows with each change of keys: what was verified under another generation must be verified again.
    generation: u64,
    at: DateTime<Utc>,
}

/// How often we asked, and how it went.
struct FetchBudget {
    budget: u8,
    last: Option<DateTime<Utc>>,
    failed: bool,
}

impl KeySource {
    pub(super) fn remote(discovery: Discovery) -> Self {
        let fetch_budget = Mutex::new(FetchBudget { budget: MAX_BUDGET, last: None, failed: false });
        Self::Remote(Box::new(RemoteKeys { discovery, current: ArcSwapOption::empty(), fetch_budget }))
    }

    /// The generation of the keys, fetched anew if they are old; 0 while there are none.
    pub(super) async fn generation(&self, now: DateTime<Utc>, clock: &dyn Clock) -> u64 {
        let Self::Remote(remote) = self else { return 1 };
        remote.freshen(now, clock).await;
        remote.current.load().as_ref().map_or(0, |fetched| fetched.generation)
    }

    /// The key of a token and the generation it belongs to. An unknown one may be new, so the issuer is asked.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        clock: &dyn Clock,
    ) -> Result<(Key, u64), NoKey> {
        let remote = match self {
            Self::Fixed(keys) => return keys.find(id, algorithm).map(|key| (key.clone(), 1)).ok_or(NoKey::Unknown),
            Self::Remote(remote) => remote,
        };
        remote.freshen(clock.now(), clock).await;
        let before = remote.current.load_full();
        if let Some(found) = before.as_ref().and_then(|fetched| fetched.find(id, algorithm)) {
            return Ok(found);
        }
        let asked = remote.ask(before.as_deref(), clock).await;
        let now = remote.current.load_full().ok_or(NoKey::Unavailable)?;
        now.find(id, algorithm).ok_or(if asked { NoKey::Unknown } else { NoKey::Unavailable })
    }
}

impl Fetched {
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<(Key, u64)> {
        self.keys.find(id, algorithm).map(|key| (key.clone(), self.generation))
    }
}

impl RemoteKeys {
    /// Asks again if the keys are old. While one request asks, the others go on with the old keys.
    async fn freshen(&self, now: DateTime<Utc>, clock: &dyn Clock) {
        let is_old = |fetched: &&Arc<Fetched>| now - fetched.at > REFRESH_AFTER;
        let old = self.current.load().as_ref().filter(is_old).cloned();
        if let (Some(old), Ok(mut fetch_budget)) = (old, self.fetch_budget.try_lock()) {
            self.ask_once(Some(&old), &mut fetch_budget, clock).await;
        }
    }

    /// Asks for newer keys than `known`, unless someone else just did. False if the issuer is away.
    async fn ask(&self, known: Option<&Fetched>, clock: &dyn Clock) -> bool {
        let mut fetch_budget = self.fetch_budget.lock().await;
        self.ask_once(known, &mut fetch_budget, clock).await;
        !fetch_budget.failed
    }

    async fn ask_once(&self, known: Option<&Fetched>, fetch_budget: &mut FetchBudget, clock: &dyn Clock) {
        let current = self.current.load_full();
        let newer = current.as_ref().is_some_and(|now| known.is_none_or(|known| now.at > known.at));
        if newer || !fetch_budget.allow(clock.now()) {
            return;
        }
        match self.discovery.keys().await {
            Ok(keys) => {
                let same = current.as_ref().filter(|now| now.keys.fingerprint == keys.fingerprint);
                let last = current.as_ref().map_or(0, |now| now.generation);
                let generation = if same.is_some() { last } else { last + 1 };
                if same.is_none() {
                    tracing::info!(issuer = self.discovery.issuer(), generation, "the issuer's keys are new");
                }
                self.current.store(Some(Arc::new(Fetched { keys, generation, at: clock.now() })));
                fetch_budget.failed = false;
            }
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(issuer = self.discovery.issuer(), error, "the issuer's keys cannot be fetched");
                fetch_budget.failed = true;
            }
        }
    }
}

impl FetchBudget {
    fn allow(&mut self, now: DateTime<Utc>) -> bool {
        let since = self.last.map_or(TimeDelta::MAX, |last| now - last);
        // A clock that was put back must not silence us.
        let gained = if since < TimeDelta::zero() { 1 } else { since.num_seconds() / BUDGET_EVERY.num_seconds() };
        if gained > 0 || self.last.is_none() {
            self.budget = self.budget.saturating_add(u8::try_from(gained).unwrap_or(MAX_BUDGET)).min(MAX_BUDGET);
            self.last = Some(now);
        }
        let allowed = self.budget > 0;
        self.budget = self.budget.saturating_sub(1);
        allowed
    }
}
