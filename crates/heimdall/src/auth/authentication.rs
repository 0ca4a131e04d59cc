use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
};

use super::{Caller, PublicRoutes, Verifier, challenge};
use crate::{
    http::Problem,
    telemetry::{AuditLine, AuditOutcome},
};

/// Lets in who has a valid token, and everyone on the routes that are public.
#[derive(Clone)]
pub struct Authentication {
    verifier: Arc<Verifier>,
    public: Arc<PublicRoutes>,
}

impl Authentication {
    /// All is closed.
    pub fn new(verifier: Arc<Verifier>) -> Self {
        Self { verifier, public: Arc::default() }
    }

    /// The routes that need no token.
    #[must_use]
    pub fn public(mut self, routes: PublicRoutes) -> Self {
        self.public = Arc::new(routes);
        self
    }

    /// Whether the route that a request has matched needs no token.
    pub(crate) fn is_public(&self, request: &Request) -> bool {
        self.public.matched_by(request)
    }

    /// Verifies the request's token and leaves the caller in its extensions, for the [`Caller`] extractor.
    pub(crate) async fn authenticate(&self, request: &mut Request) -> Result<Arc<Caller>, Problem> {
        let caller = match bearer(request.headers()) {
            Ok(token) => self.verifier.verify(token).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let caller = caller.inspect_err(|problem| audit(request, problem))?;
        request.extensions_mut().insert(caller.clone());
        Ok(caller)
    }
}

/// A refusal leaves a line; that a token could not be checked is none.
fn audit(request: &Request, problem: &Problem) {
    if problem.status() == StatusCode::UNAUTHORIZED {
        let (action, reason) = (format!("http.{}", request.method()), problem.to_string());
        let refusal = AuditLine::new("unknown", &action, request.uri().path()).outcome(AuditOutcome::Refused);
        refusal.reason(&reason).write();
    }
}

/// The token of `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or_else(challenge::missing_token)?;
    if values.next().is_some() {
        return Err(challenge::invalid_token("there is more than one Authorization header"));
    }
    let malformed = || challenge::invalid_token("the Authorization header is malformed");
    let value = value.to_str().map_err(|_| malformed())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(challenge::missing_token());
    }
    Some(token.trim_ascii()).filter(|token| !token.is_empty()).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_is_found_behind_its_scheme() {
        let given = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            bearer(&headers).map(str::to_owned).ok()
        };
        assert_eq!(given(&["Bearer a.b.c"]).as_deref(), Some("a.b.c"));
        assert_eq!(given(&["bEARER   a.b.c "]).as_deref(), Some("a.b.c"));
        for wrong in [&[][..], &["a.b.c"], &["Basic YTpi"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"]] {
            assert_eq!(given(wrong), None, "{wrong:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_bytes("Basic é".as_bytes()).unwrap());
        assert_eq!(
            bearer(&headers).unwrap_err().document().detail.as_deref(),
            Some("the Authorization header is malformed")
        );
    }
}
