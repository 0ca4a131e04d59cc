use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    claims::Claims,
    keys::{Key, algorithm},
};

/// Longer than any token that a server would take in a header.
const MAX_LENGTH: usize = 16 * 1024;

/// A token in its three parts, of which nothing is proven yet.
pub(super) struct Token<'a> {
    /// What is signed: header and payload.
    message: &'a str,
    signature: &'a str,
    header: Header,
    algorithm: Algorithm,
    claims: Map<String, Value>,
}

/// What counts of a token's header. Keys that it brings or points to (`jwk`, `jku`, `x5u`, `x5c`) do not.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Takes a token apart (JWS compact serialization). The error is the reason of refusal.
    pub(super) fn read(token: &'a str) -> Result<Self, &'static str> {
        const MALFORMED: &str = "the token is malformed";
        if token.len() > MAX_LENGTH {
            return Err("the token is too long");
        }
        let (message, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, payload) = message.split_once('.').ok_or(MALFORMED)?;
        if payload.contains('.') {
            return Err(MALFORMED);
        }
        let header: Header = decode(header).ok_or(MALFORMED)?;
        let algorithm = algorithm(&header.alg).ok_or("the token is signed with an algorithm that is not accepted")?;
        if header.crit.is_some() {
            return Err("the token demands an extension that is not known (crit)");
        }
        let typ = header.typ.as_deref().unwrap_or("JWT");
        if !["jwt", "at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known)) {
            return Err("the token is no access token (typ)");
        }
        let claims = decode(payload).ok_or(MALFORMED)?;
        Ok(Self { message, signature, header, algorithm, claims })
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whose the token claims to be, which tells where to look for its key.
    pub(super) fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// The claims, if the key made the signature.
    pub(super) fn verified(self, key: &Key) -> Result<Claims, &'static str> {
        let holds =
            jsonwebtoken::crypto::verify(self.signature, self.message.as_bytes(), &key.decoding, self.algorithm);
        if holds.unwrap_or(false) { Ok(Claims::new(self.claims)) } else { Err("the token's signature does not hold") }
    }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
