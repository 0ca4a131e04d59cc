//! Who calls: bearer tokens, their verification, and the permissions they carry.
//!
//! A host makes one [`Verifier`] of its configuration and its [`PermissionTable`], and gives it to the layers of
//! [`crate::http`] as an [`Authentication`]. All is closed unless it is listed as public.

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
mod token;
mod verifier;

pub use authentication::Authentication;
pub use caller::Caller;
pub use config::AuthConfig;
pub use development::{DevelopmentIssuer, DevelopmentIssuerError};
pub(crate) use loopback::check_loopback;
pub use permissions::PermissionTable;
pub use verifier::{TokenError, Verifier, VerifierError};
