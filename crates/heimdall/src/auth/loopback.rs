use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, header, uri::Authority},
};

use crate::{
    http::{Problem, problem::kinds},
    telemetry::{AuditLine, AuditOutcome},
};

/// Guards a service that is for this machine only. A web page that someone visits can send requests here, too, and a
/// name that its owner points to 127.0.0.1 makes them look local: so `Host` must be a loopback address, and `Origin`,
/// where there is one, must be the service's own.
pub(crate) fn check_loopback(request: &Request) -> Result<(), Problem> {
    let host = one(request.headers(), &header::HOST)?;
    let host = host.ok_or_else(|| refusal("the `Host` header is missing"))?;
    let authority: Authority = host.parse().map_err(|_| refusal("the `Host` header is malformed"))?;
    if authority.as_str().contains('@') {
        return Err(refusal("the `Host` header names a user"));
    }
    let other = request.uri().authority().is_some_and(|asked| asked != &authority);
    if other || !matches!(authority.host(), "127.0.0.1" | "localhost" | "[::1]") {
        return Err(refusal("the `Host` is no loopback address"));
    }
    let origin = one(request.headers(), &header::ORIGIN)?;
    if origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Err(refusal("the `Origin` is another"));
    }
    let site = one(request.headers(), &HeaderName::from_static("sec-fetch-site"))?;
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(refusal("the request comes from another site"));
    }
    Ok(())
}

/// A header that may come once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(|value| value.to_str()).transpose();
    match (value, values.next()) {
        (Ok(value), None) => Ok(value),
        _ => Err(refusal("a header that may come once is doubled or malformed")),
    }
}

fn refusal(detail: &'static str) -> Problem {
    AuditLine::new("unknown", "http.request", "listener").outcome(AuditOutcome::Refused).reason(detail).write();
    Problem::new(kinds::FOREIGN_ORIGIN).detail(detail)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn given(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/api");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check_loopback(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn only_loopback_names_are_hosts() {
        for host in ["127.0.0.1:7100", "localhost:7100", "[::1]:7100", "127.0.0.1"] {
            assert!(given(&[("host", host)]), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example:7100",
            "localhost.evil.example",
            "a@127.0.0.1@b",
            "a@127.0.0.1",
            "",
            "0.0.0.0",
        ] {
            assert!(!given(&[("host", host)]), "{host}");
        }
        assert!(!given(&[]));
        assert!(!given(&[("host", "127.0.0.1"), ("host", "evil.example")]));
    }

    #[test]
    fn only_its_own_origin_may_ask() {
        let from = |name, value| given(&[("host", "127.0.0.1:7100"), (name, value)]);
        assert!(from("origin", "http://127.0.0.1:7100"));
        assert!(from("sec-fetch-site", "same-origin"));
        for origin in
            ["http://evil.example", "null", "http://127.0.0.1:7101", "http://localhost:7100", "https://127.0.0.1:7100"]
        {
            assert!(!from("origin", origin), "{origin}");
        }
        assert!(!from("sec-fetch-site", "cross-site"));
    }
}
