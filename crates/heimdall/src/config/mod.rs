//! Typed configuration in layers, where every value knows where it came from.
//!
//! A later layer wins over an earlier one:
//!
//! 1. the defaults of the sections, and those that the application sets ([`ConfigBuilder::default`]);
//! 2. `<name>.toml` in the working folder, or the file that `--config` or `<NAME>__CONFIG` names;
//! 3. the profile: with `<NAME>__PROFILE=p`, `<name>.p.toml` beside that file, which then must exist;
//! 4. the secrets folder: each file of `<NAME>__SECRETS_DIR` holds the value of the key that it is named by, such as
//!    `database.url`; hidden files are passed over;
//! 5. the variables that mean the same everywhere: `DATABASE_URL`, `RUST_LOG`, `OTEL_EXPORTER_OTLP_ENDPOINT` and
//!    `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`;
//! 6. `<NAME>__SECTION__KEY`, which is the key `section.key`; an empty variable counts as not set;
//! 7. the command line ([`ConfigBuilder::argument`]).
//!
//! The layers are merged key by key. One JSON value in a variable replaces a whole table, and further variables may set
//! keys of it.
//!
//! A part of the program states its keys as a [`Section`]: a struct with a path, defaults and validation. What no
//! section knows is refused by name, with where it stands and the nearest key that exists, and all that is wrong is
//! reported at once, never with the value, which may be a secret at the wrong key. Any key may also be given as
//! `<key>_file`, the path of a file that holds the value: meant for secrets, which are [`Secret`]s and print as
//! `[redacted]`. In a table with free keys that is so where the section says it ([`Section::OPTION_TABLES`]).
//!
//! Files that hold secrets may change while the service runs: [`Config::watch`] gives a section as it is now.
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

mod builder;
mod claim;
mod configuration;
mod defaults_file;
mod effective;
mod environment;
mod error;
mod file;
mod key;
mod layers;
mod merge;
mod node;
mod options;
mod origin;
mod reader;
mod rename;
mod schema;
mod secret;
mod secrets_folder;
mod section;
mod unclaimed;
mod violation;
mod watch;

pub use builder::ConfigBuilder;
pub use configuration::Config;
pub use effective::{Effective, Entry};
pub use error::{ConfigError, SettingError};
pub use origin::Origin;
pub use rename::RenamedKey;
pub use secret::Secret;
pub use section::Section;
pub use violation::Violation;
