use std::{collections::BTreeSet, fmt, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderValue, header, request::Parts},
};

use crate::{
    http::{Problem, problem::kinds},
    telemetry::{AuditLine, AuditOutcome},
};

/// Who sent a request, as its verified token says. A handler takes it as an extractor; a request without a token
/// is 401. `Verifier::caller` fills it from the claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who vouches for the caller: the token's `iss`.
    pub issuer: String,
    /// Who it is, unique within the issuer: the token's `sub`.
    pub subject: String,
    /// What the caller may do: what the application's table makes of the token's scopes and roles.
    pub permissions: BTreeSet<String>,
    /// The roles that the token carries.
    pub roles: BTreeSet<String>,
    /// What people call the caller, if the token says. Not unique, and not to be decided upon.
    pub name: Option<String>,
}

impl Caller {
    /// Who sent the request with these extensions: the layers have left it there. 401 where they have not.
    pub(crate) fn of(extensions: &Extensions) -> Result<&Arc<Self>, Problem> {
        extensions.get::<Arc<Self>>().ok_or_else(super::challenge::missing_token)
    }

    /// Whether the caller may do something.
    pub fn has(&self, permission: &str) -> bool {
        self.permissions.contains(permission)
    }

    /// Refuses (403, with an audit line) a caller who lacks a permission.
    pub fn require(&self, permission: &str) -> Result<(), Problem> {
        if self.has(permission) {
            return Ok(());
        }
        let (actor, reason) = (self.to_string(), format!("lacks the permission {permission}"));
        AuditLine::new(&actor, "permission.use", permission).outcome(AuditOutcome::Refused).reason(&reason).write();
        let detail = format!("the permission `{permission}` is missing");
        let problem = Problem::new(kinds::FORBIDDEN).detail(detail).extension("permission", permission);
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{permission}\"");
        Err(match HeaderValue::try_from(challenge) {
            Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
            Err(_) => problem,
        })
    }
}

/// Issuer and subject: who it is, in one line.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.issuer, self.subject)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.extensions).map(|caller| Self::clone(caller))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_named() {
        let caller = Caller {
            issuer: "https://issuer".to_owned(),
            subject: "ann".to_owned(),
            permissions: ["things:read".to_owned()].into(),
            roles: BTreeSet::new(),
            name: None,
        };
        caller.require("things:read").unwrap();
        let problem = caller.require("things:write").unwrap_err();
        assert_eq!(problem.status(), 403);
        assert_eq!(problem.document().extensions["permission"], "things:write");
    }
}
