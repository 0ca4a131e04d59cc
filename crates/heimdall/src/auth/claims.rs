use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

/// How far the clocks of issuer and service may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(30);

/// The claims of a token whose signature holds. Reasons of refusal are for the token's sender.
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Refuses a token that is not for this service, not for now, or no access token. Returns when it expires.
    pub(super) fn check(&self, audience: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
        if !self.texts("aud").any(|name| name == audience) {
            return Err("the token is not meant for this service (aud)");
        }
        let expires = self.time("exp")?.ok_or("the token does not say when it expires (exp)")?;
        if now >= expires + SKEW {
            return Err("the token is expired (exp)");
        }
        if self.time("nbf")?.is_some_and(|from| now + SKEW < from) {
            return Err("the token is not valid yet (nbf)");
        }
        if self.time("iat")?.is_some_and(|issued| now + SKEW < issued) {
            return Err("the token comes from the future (iat)");
        }
        let subject = self.text("sub").unwrap_or_default();
        if subject.is_empty() || subject.len() > 255 || subject.contains(char::is_control) {
            return Err("the token does not say who its subject is (sub)");
        }
        // Keycloak marks its ID, refresh and logout tokens so; the hashes are what only ID tokens have.
        let other = self.0.get("typ").is_some_and(|typ| !typ.as_str().is_some_and(is_access_token));
        if other || self.0.contains_key("at_hash") || self.0.contains_key("c_hash") {
            return Err("the token is no access token (typ)");
        }
        // We could not tell its owner from its thief.
        if self.0.contains_key("cnf") {
            return Err("the token is bound to a key of its sender (cnf), which this service cannot check");
        }
        Ok(expires)
    }

    /// The scopes (RFC 8693, RFC 9068; `scp` where the issuer is Microsoft or Okta).
    pub(super) fn scopes(&self) -> BTreeSet<&str> {
        let both = self.texts("scope").chain(self.texts("scp"));
        both.flat_map(str::split_ascii_whitespace).collect()
    }

    /// The roles at the given paths.
    pub(super) fn roles(&self, paths: &[Vec<String>]) -> BTreeSet<String> {
        let found = paths.iter().filter_map(|path| {
            let (first, rest) = path.split_first()?;
            rest.iter().try_fold(self.0.get(first)?, |value, step| value.get(step))
        });
        found.flat_map(texts).map(str::to_owned).collect()
    }

    /// What people call the subject.
    pub(super) fn name(&self) -> Option<String> {
        let name = self.text("preferred_username").or_else(|| self.text("name"));
        name.filter(|name| !name.contains(char::is_control)).map(|name| name.chars().take(255).collect())
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flat_map(texts)
    }

    fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, &'static str> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, reason = "fractions of a second do not matter, and it saturates")]
        let seconds = value.as_f64().map(|seconds| seconds as i64);
        let time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        // Far enough from the ends that adding the skew cannot overflow.
        let sane = time.filter(|time| (0..=253_402_300_799).contains(&time.timestamp()));
        sane.map(Some).ok_or("the token has a time that is none")
    }
}

fn is_access_token(typ: &str) -> bool {
    ["bearer", "jwt", "at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known))
}

/// A text, or the texts of an array.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    items.iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_767_268_800;

    fn checked(change: &Value) -> Result<DateTime<Utc>, &'static str> {
        let mut claims = json!({"sub": "ann", "aud": ["account", "valkyrie"], "exp": NOW + 60, "typ": "Bearer"});
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let claims = claims.as_object().unwrap().iter().filter(|(_, v)| !v.is_null());
        let claims = Claims::new(claims.map(|(k, v)| (k.clone(), v.clone())).collect());
        claims.check("valkyrie", DateTime::from_timestamp(NOW, 0).unwrap())
    }

    #[test]
    fn tokens_that_are_fine_pass() {
        for fine in [
            json!({}),
            json!({"aud": "valkyrie"}),
            json!({"exp": NOW - 29}),
            json!({"nbf": NOW + 30}),
            json!({"exp": 1_767_268_860.5}),
            json!({"typ": null}),
        ] {
            checked(&fine).unwrap_or_else(|reason| panic!("{fine}: {reason}"));
        }
    }

    #[test]
    fn tokens_that_are_not_are_refused() {
        for wrong in [
            json!({"aud": null}),
            json!({"aud": "valkyrie2"}),
            json!({"aud": []}),
            json!({"aud": {"valkyrie": 1}}),
            json!({"exp": null}),
            json!({"exp": NOW - 30}),
            json!({"exp": "9999999999"}),
            json!({"exp": 1e300}),
            json!({"exp": -1}),
            json!({"nbf": NOW + 31}),
            json!({"iat": NOW + 31}),
            json!({"sub": null}),
            json!({"sub": ""}),
            json!({"sub": 7}),
            json!({"sub": "a\u{0}b"}),
            json!({"typ": "ID"}),
            json!({"typ": "Refresh"}),
            json!({"typ": 1}),
            json!({"at_hash": "x"}),
            json!({"cnf": {"jkt": "x"}}),
        ] {
            assert!(checked(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scopes_and_roles_are_gathered_from_where_issuers_put_them() {
        let claims = json!({
            "scope": "a b", "scp": ["c"], "realm_access": {"roles": ["r1"]}, "groups": "g",
            "resource_access": {"my.api": {"roles": ["r2", 7]}, "other": {"roles": ["r3"]}},
        });
        let claims = Claims::new(claims.as_object().unwrap().clone());
        assert_eq!(claims.scopes(), ["a", "b", "c"].into());
        let path = |path: &[&str]| path.iter().map(ToString::to_string).collect::<Vec<_>>();
        let paths =
            [path(&["realm_access", "roles"]), path(&["resource_access", "my.api", "roles"]), path(&["groups"])];
        assert_eq!(claims.roles(&paths), ["r1", "r2", "g"].map(str::to_owned).into());
    }
}
