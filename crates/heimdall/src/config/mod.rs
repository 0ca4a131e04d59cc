//! Typed configuration in layers, where every value knows where it came from.
//!
//! A later layer wins over an earlier one:
//!
//! 1. the defaults of the sections, and those that the application sets ([`ConfigBuilder::default`]);
//! 2. `<name>.toml` in the working folder, or the file that `--config` or `<NAME>__CONFIG` names;
//! 3. the variables that mean the same everywhere: `DATABASE_URL`, `RUST_LOG` and `OTEL_EXPORTER_OTLP_ENDPOINT`;
//! 4. `<NAME>__SECTION__KEY`, which is the key `section.key`; an empty variable counts as not set;
//! 5. the command line ([`ConfigBuilder::argument`]).
//!
//! A part of the program states its keys as a [`Section`]: a struct with a path, defaults and validation. What no
//! section knows is refused by name, with where it stands and the nearest key that exists, and all that is wrong is
//! reported at once. Any key may also be given as `<key>_file`, the path of a file that holds the value: meant for
//! secrets, which are [`Secret`]s and print as `[redacted]`.
//!
//! ```
//! use heimdall::config::{Config, Violation, Section};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Serialize, Deserialize, JsonSchema)]
//! #[serde(default)]
//! struct Payments {
//!     /// The most that one payment may be, in cents.
//!     limit_cents: u64,
//! }
//!
//! impl Default for Payments {
//!     fn default() -> Self {
//!         Self { limit_cents: 100_00 }
//!     }
//! }
//!
//! impl Section for Payments {
//!     const PATH: &'static str = "payments";
//!
//!     fn validate(&self) -> Vec<Violation> {
//!         Violation::unless(self.limit_cents > 0, "limit_cents", "must be more than 0").into_iter().collect()
//!     }
//! }
//!
//! let config = Config::builder("shop").environment([("SHOP__PAYMENTS__LIMIT_CENTS", "500")]).load()?;
//! assert_eq!(config.section::<Payments>()?.limit_cents, 500);
//! # Ok::<(), heimdall::config::ConfigError>(())
//! ```
//!
//! (Built by hand on `toml` and `serde`: the `config` crate knows the file of a value but not its line, stops at the
//! first error, and turns `7100` from a variable into a number before anyone knows whether a text was wanted.)

mod builder;
mod effective;
mod environment;
mod error;
mod file;
mod node;
mod origin;
mod reader;
mod schema;
mod secret;
mod section;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

pub use builder::ConfigBuilder;
pub use effective::{Effective, Entry};
pub use error::{ConfigError, SettingError};
pub use origin::Origin;
pub use secret::Secret;
pub use section::{Section, Violation};

use self::{node::Node, section::Claim};

/// The loaded layers. Cheap to clone; clones are the same configuration.
#[derive(Clone)]
pub struct Config(Arc<Inner>);

struct Inner {
    name: String,
    folder: PathBuf,
    root: Node,
    claims: Mutex<Vec<Claim>>,
}

impl Config {
    /// Starts to gather the layers of the service `name`, whose file is `<name>.toml` and whose variables start with
    /// `<NAME>__`.
    pub fn builder(name: &str) -> ConfigBuilder {
        ConfigBuilder::new(name)
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The section of type `T`, read and validated. Asking for it also makes its keys known to
    /// [`refuse_unclaimed`](Self::refuse_unclaimed).
    pub fn section<T: Section>(&self) -> Result<T, ConfigError> {
        self.claim(Claim::of::<T>());
        let (value, problems) = section::read::<T>(&self.0.root, &self.0.folder);
        value.filter(|_| problems.is_empty()).ok_or_else(|| ConfigError::new(&self.0.name, problems))
    }

    /// Refuses what no section that was declared or asked for knows. The lifecycle calls it when a service is
    /// composed.
    pub fn refuse_unclaimed(&self) -> Result<(), ConfigError> {
        ConfigError::check(&self.0.name, section::unclaimed(&self.0.root, &self.claims()))
    }

    /// Every key that is known so far, with its value (secrets redacted) and where that came from.
    pub fn effective(&self) -> Result<Effective, ConfigError> {
        Effective::of(&self.0.name, &self.0.root, &self.0.folder, &self.claims())
    }

    /// Where the value of `key` (dotted) came from.
    pub fn origin(&self, key: &str) -> Origin {
        effective::origin(&self.0.root, &self.0.folder, &ConfigBuilder::path_of(key))
    }

    fn claim(&self, claim: Claim) {
        let mut claims = self.0.claims.lock().unwrap_or_else(PoisonError::into_inner);
        if claims.iter().all(|known| known.path != claim.path) {
            claims.push(claim);
        }
    }

    fn claims(&self) -> Vec<Claim> {
        self.0.claims.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for Config {
    /// The name only: values may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("name", &self.0.name).finish_non_exhaustive()
    }
}
