use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::MissedTickBehavior};

use super::{
    claim::{self, Claim},
    effective::{self, Effective},
    error::ConfigError,
    key,
    layers::Layers,
    merge::{Merged, merge},
    origin::Origin,
    rename::RenamedKey,
    section::Section,
    unclaimed::unclaimed,
    watch::{Watcher, secrets_digest},
};

/// The loaded layers. Cheap to clone; clones are the same configuration.
#[derive(Clone)]
pub struct Config(Arc<Inner>);

struct Inner {
    name: String,
    folder: PathBuf,
    /// How often files that hold secrets are looked at.
    interval: Duration,
    state: Mutex<State>,
}

struct State {
    layers: Layers,
    claims: Vec<Claim>,
    merged: Merged,
    watchers: Vec<Watcher>,
}

impl Config {
    pub(super) fn new(
        name: String,
        folder: PathBuf,
        interval: Duration,
        layers: Layers,
        claims: Vec<Claim>,
        merged: Merged,
    ) -> Self {
        let state = Mutex::new(State { layers, claims, merged, watchers: Vec::new() });
        Self(Arc::new(Inner { name, folder, interval, state }))
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The section of type `T`, read and validated. Asking for it also makes its keys known to
    /// [`refuse_unclaimed`](Self::refuse_unclaimed).
    pub fn section<T: Section>(&self) -> Result<T, ConfigError> {
        let mut state = self.state();
        state.claim::<T>();
        let (value, mut problems) = claim::read::<T>(&state.merged.root, &self.0.folder);
        problems.extend(state.merged.problems.iter().cloned());
        value.filter(|_| problems.is_empty()).ok_or_else(|| ConfigError::new(&self.0.name, problems))
    }

    /// The section of type `T` as it is now: when a file changes that a `<key>_file` of the section names, or one of the
    /// secrets folder, the receiver gets the section read anew, within five seconds. What can't be read, is empty or is
    /// refused by the section is logged with its key, and the section stays as it was.
    ///
    /// Files are looked at while [`follow`](Self::follow) runs, as it does in a service. A file should be replaced as a
    /// whole (written beside and renamed), as Kubernetes does it.
    ///
    /// ```
    /// # use heimdall::{config::Config, database::DatabaseConfig};
    /// # fn example(config: &Config) -> Result<(), heimdall::config::ConfigError> {
    /// let database = config.watch::<DatabaseConfig>()?;
    /// let url = database.borrow().url.clone();
    /// # drop(url); Ok(()) }
    /// ```
    pub fn watch<T: Section + Send + Sync>(&self) -> Result<watch::Receiver<T>, ConfigError> {
        // What the files hold is noted before the section is read: a change in between then shows as one.
        let seen = {
            let mut state = self.state();
            state.claim::<T>();
            secrets_digest::<T>(&state.merged.root, &self.0.folder)
        };
        let (watcher, receiver) = Watcher::new(self.section::<T>()?, seen);
        self.state().watchers.push(watcher);
        Ok(receiver)
    }

    /// Looks every five seconds at the files that hold secrets, for [`watch`](Self::watch). It never ends: a service runs it
    /// until it stops.
    pub async fn follow(&self) {
        let mut ticks = tokio::time::interval(self.0.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let config = self.clone();
            // A mounted folder may be slow. What panics there has been said already.
            let _ = tokio::task::spawn_blocking(move || config.refresh()).await;
        }
    }

    /// Refuses what no section that was declared or asked for knows. The lifecycle calls it when a service is
    /// composed.
    pub fn refuse_unclaimed(&self) -> Result<(), ConfigError> {
        let state = self.state();
        ConfigError::check(&self.0.name, unclaimed(&state.merged.root, &state.claims))
    }

    /// Every key that is known so far, with its value (secrets redacted) and where that came from.
    pub fn effective(&self) -> Result<Effective, ConfigError> {
        let state = self.state();
        Effective::of(&self.0.name, &state.merged, &self.0.folder, &state.claims)
    }

    pub(super) fn claims(&self) -> Vec<Claim> {
        self.state().claims.clone()
    }

    /// Keys that are given by a name that they had before. The lifecycle warns of them.
    pub fn renamed(&self) -> Vec<RenamedKey> {
        self.state().merged.renamed.clone()
    }

    /// Where the value of `key` (dotted) came from.
    pub fn origin(&self, key: &str) -> Origin {
        effective::origin(&self.state().merged.root, &self.0.folder, &key::split(key))
    }

    /// Looks once at the files that hold secrets, and tells those who watch.
    fn refresh(&self) {
        let mut state = self.state();
        state.watchers.retain(|watcher| !watcher.is_closed());
        if state.watchers.is_empty() {
            return;
        }
        let mut problems = Vec::new();
        let State { layers, claims, merged, watchers } = &mut *state;
        if layers.read_secrets(&mut problems) {
            let fresh = merge(layers, claims);
            problems.extend(fresh.problems.iter().cloned());
            if problems.is_empty() {
                *merged = fresh;
            }
        }
        for watcher in watchers {
            watcher.look(&merged.root, &self.0.folder, &problems);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn claim<T: Section>(&mut self) {
        if self.claims.iter().all(|known| known.path != T::PATH) {
            self.claims.push(Claim::of::<T>());
            self.merged = merge(&self.layers, &self.claims);
        }
    }
}

impl fmt::Debug for Config {
    /// The name only: values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("name", &self.0.name).finish_non_exhaustive()
    }
}
