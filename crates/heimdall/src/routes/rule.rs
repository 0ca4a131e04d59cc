use std::borrow::Cow;

use axum::http::Extensions;

use crate::{auth::Caller, http::Problem};

/// Who may use a route. Made by [`permission`], [`any_caller`] and [`public`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessRule {
    /// Whoever has this permission: 401 without a token, 403 without the permission.
    Permission(Cow<'static, str>),
    /// Whoever has a valid token: 401 without one.
    AnyCaller,
    /// Everyone. No token is looked at.
    Public,
}

/// Whoever has the permission `name`, by a scope of the same name or by a role.
///
/// ```
/// use heimdall::routes::{AccessRule, permission};
///
/// assert_eq!(permission("tallies:read"), AccessRule::Permission("tallies:read".into()));
/// ```
pub fn permission(name: impl Into<Cow<'static, str>>) -> AccessRule {
    AccessRule::Permission(name.into())
}

/// Whoever has a valid token, whatever its permissions.
pub const fn any_caller() -> AccessRule {
    AccessRule::AnyCaller
}

/// Everyone, without a token.
pub const fn public() -> AccessRule {
    AccessRule::Public
}

impl AccessRule {
    /// The permission that it asks for.
    pub fn permission(&self) -> Option<&str> {
        match self {
            Self::Permission(name) => Some(name),
            Self::AnyCaller | Self::Public => None,
        }
    }

    /// Refuses a request with these extensions unless the caller whom the layers left there may pass.
    pub(super) fn check(&self, extensions: &Extensions) -> Result<(), Problem> {
        match self {
            Self::Public => Ok(()),
            Self::AnyCaller => Caller::of(extensions).map(drop),
            Self::Permission(name) => Caller::of(extensions)?.require(name),
        }
    }
}
