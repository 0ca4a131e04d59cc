//! Who calls: bearer tokens, their verification, and the permissions they carry.
//!
//! A host makes one [`Verifier`] of its configuration and its [`PermissionTable`], and gives it to the layers of
//! [`crate::server`] as an [`Authentication`]. All is closed but the [`PublicRoutes`]; which permission a route needs is its
//! own rule, see [`crate::routes`].

mod authentication;
mod caller;
mod challenge;
mod claims;
mod config;
mod development;
mod discovery;
mod key_source;
mod keys;
mod loopback;
mod permissions;
mod public_routes;
mod token;
mod verifier;

pub use authentication::Authentication;
pub use caller::Caller;
pub use config::AuthConfig;
pub use development::{DevelopmentIssuer, DevelopmentIssuerError};
pub(crate) use loopback::check_loopback;
pub use permissions::PermissionTable;
pub use public_routes::PublicRoutes;
pub use verifier::{TokenError, Verifier, VerifierError};
