use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
};

use super::{Caller, Verifier, challenge};
use crate::{
    http::Problem,
    telemetry::{AuditLine, AuditOutcome},
};

/// Lets in who has a valid token, and everyone where the application says so.
#[derive(Clone)]
pub struct Authentication {
    verifier: Arc<Verifier>,
    public: Arc<[String]>,
}

impl Authentication {
    /// All is closed.
    pub fn new(verifier: Arc<Verifier>) -> Self {
        Self { verifier, public: Arc::default() }
    }

    /// Paths that need no token, exactly as they are asked for, or with all that is below them: `/metrics`,
    /// `/healthz/*`.
    #[must_use]
    pub fn public(mut self, paths: &[&str]) -> Self {
        self.public = self.public.iter().cloned().chain(paths.iter().map(ToString::to_string)).collect();
        self
    }

    /// Whether a path needs no token.
    pub fn is_public(&self, path: &str) -> bool {
        self.public.iter().any(|public| match public.strip_suffix('*') {
            Some(above) => path.starts_with(above),
            None => path == public,
        })
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
    let value = value.to_str().map_err(|_| challenge::invalid_token("the Authorization header is malformed"))?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(token.trim()),
        Some((scheme, _)) if !scheme.eq_ignore_ascii_case("bearer") => Err(challenge::missing_token()),
        _ => Err(challenge::invalid_token("the Authorization header is malformed")),
    }
}

#[cfg(test)]
mod tests {
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
    }
}
