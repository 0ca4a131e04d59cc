use std::{io, sync::Arc};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::FakeKey;

/// A token in the making. It starts out right; a test says in what way it is not.
#[derive(Clone)]
pub struct FakeToken {
    header: Value,
    claims: Value,
    key: Option<Arc<FakeKey>>,
}

impl FakeToken {
    pub(super) fn new(issuer: &str, subject: &str, now: DateTime<Utc>, key: Option<Arc<FakeKey>>) -> Self {
        let key_id = key.as_ref().map(|key| key.id());
        let algorithm = key.as_ref().map(|key| key.algorithm());
        Self {
            header: json!({"typ": "JWT", "alg": algorithm, "kid": key_id}),
            claims: json!({
                "iss": issuer,
                "aud": "valkyrie",
                "sub": subject,
                "typ": "Bearer",
                "iat": now.timestamp(),
                "exp": now.timestamp() + 300,
            }),
            key,
        }
    }

    /// Sets a claim; null removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.claims, name, value.into());
        self
    }

    /// Sets a member of the header; null removes it.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, name, value.into());
        self
    }

    /// Sets the scopes.
    #[must_use]
    pub fn scope(self, scopes: &str) -> Self {
        self.claim("scope", scopes)
    }

    /// Signs with another key, without saying so in the header.
    #[must_use]
    pub fn key(mut self, key: Arc<FakeKey>) -> Self {
        self.key = Some(key);
        self
    }

    /// The token, signed by its key.
    ///
    /// # Errors
    ///
    /// If the key cannot sign.
    pub fn sign(&self) -> io::Result<String> {
        let message = self.message();
        let key = self.key.as_ref().ok_or_else(|| io::Error::other("the issuer has no key"))?;
        let signature = key.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Forged: signed with a secret (HS256), such as the public key.
    pub fn sign_with_secret(self, secret: &[u8]) -> String {
        let message = self.header("alg", "HS256").message();
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Forged: with the algorithm `name` (`none`, in whatever case) and no signature.
    pub fn unsigned(self, name: &str) -> String {
        format!("{}.", self.header("alg", name).message())
    }

    fn message(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            members.insert(name.to_owned(), value);
        }
    }
}
