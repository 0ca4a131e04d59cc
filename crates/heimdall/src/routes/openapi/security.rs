use utoipa::openapi::{
    RefOr,
    security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

use crate::routes::AccessRule;

/// What the scheme is called.
pub(super) const BEARER: &str = "bearer";

/// What a rule asks of a caller; nothing of a public route.
pub(super) fn requirement(rule: &AccessRule) -> Option<Vec<SecurityRequirement>> {
    let scopes = match rule {
        AccessRule::Permission(name) => vec![name.as_ref()],
        AccessRule::AnyCaller => Vec::new(),
        AccessRule::Public => return None,
    };
    Some(vec![SecurityRequirement::new(BEARER, scopes)])
}

/// The scheme: an access token as bearer.
pub(super) fn bearer(service: &str) -> RefOr<SecurityScheme> {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.bearer_format = Some("JWT".to_owned());
    scheme.description = Some(format!(
        "An access token of the issuer that this service trusts. Scopes and roles grant permissions; each operation names \
         the one it needs. `{service} token` prints one of a development instance.",
    ));
    RefOr::T(SecurityScheme::Http(scheme))
}
