use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The public keys of an issuer that verify signatures.
#[derive(Clone)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// Differs whenever a key was added, removed or replaced.
    pub(super) fingerprint: [u8; 32],
}

/// A public key, and the algorithms it may be used with: never more than its type allows.
#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

/// The members of a JSON Web Key (RFC 7517) that matter here.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// A key for one algorithm.
    pub(super) fn new(id: impl Into<String>, algorithm: Algorithm, decoding: DecodingKey) -> Self {
        Self { id: Some(id.into()), algorithms: vec![algorithm], decoding }
    }
}

impl Keys {
    /// Keys that are known from the start.
    pub(super) fn fixed(keys: Vec<Key>) -> Self {
        Self { keys, fingerprint: [0; 32] }
    }

    /// The usable keys of a JWK set. What is for encryption, symmetric, weak or unknown is left out.
    pub(super) fn of_set(set: &Value) -> Self {
        let listed = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let keys: Vec<Key> = listed.iter().filter_map(usable).collect();
        let text = Value::from(listed).to_string();
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        Self { keys, fingerprint }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that a token names. A token that names none gets the only key that fits its algorithm.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|key| key.algorithms.contains(&algorithm));
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

/// The algorithm of a name, if tokens may use it: asymmetric ones only.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" | "Ed25519" => Algorithm::EdDSA,
        _ => return None,
    })
}

fn usable(jwk: &Value) -> Option<Key> {
    let jwk = Jwk::deserialize(jwk).ok()?;
    let verifies = jwk.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|op| op == "verify"));
    if jwk.purpose.as_deref().is_some_and(|purpose| purpose != "sig") || !verifies {
        return None;
    }
    let (of_type, decoding): (&[Algorithm], _) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let (n, e) = (jwk.n.as_deref()?, jwk.e.as_deref()?);
            // Under 2048 bits (342 characters of base64) a key can be broken.
            if n.trim_end_matches('=').len() < 342 {
                return None;
            }
            let all = &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ];
            (all, DecodingKey::from_rsa_components(n, e))
        }
        ("EC", Some("P-256")) => (&[Algorithm::ES256], point(&jwk)?),
        ("EC", Some("P-384")) => (&[Algorithm::ES384], point(&jwk)?),
        ("OKP", Some("Ed25519")) => (&[Algorithm::EdDSA], DecodingKey::from_ed_components(jwk.x.as_deref()?)),
        _ => return None,
    };
    let algorithms = match jwk.alg.as_deref() {
        Some(name) => vec![algorithm(name).filter(|named| of_type.contains(named))?],
        None => of_type.to_vec(),
    };
    Some(Key { id: jwk.kid, algorithms, decoding: decoding.ok()? })
}

fn point(jwk: &Jwk) -> Option<jsonwebtoken::errors::Result<DecodingKey>> {
    Some(DecodingKey::from_ec_components(jwk.x.as_deref()?, jwk.y.as_deref()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_that_verify_signatures_are_kept() {
        let n = "A".repeat(342);
        let rsa = |extra: Value| {
            let mut key = json!({"kty": "RSA", "kid": "k", "n": n, "e": "AQAB"});
            key.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            Keys::of_set(&json!({"keys": [key]})).find(Some("k"), Algorithm::RS256).is_some()
        };
        assert!(rsa(json!({})));
        assert!(rsa(json!({"use": "sig", "alg": "RS256", "key_ops": ["verify"]})));
        for wrong in [
            json!({"use": "enc"}),
            json!({"alg": "RSA-OAEP"}),
            json!({"alg": "HS256"}),
            json!({"alg": "ES256"}),
            json!({"alg": "RS512"}),
            json!({"key_ops": ["encrypt"]}),
            json!({"n": "AQAB"}),
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"n": 7}),
        ] {
            assert!(!rsa(wrong.clone()), "{wrong}");
        }
        assert!(Keys::of_set(&json!({"keys": "none"})).is_empty());
    }

    #[test]
    fn a_token_without_a_key_id_gets_the_only_key_that_fits() {
        let ed = |id: &str| json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": "A".repeat(43)});
        let one = Keys::of_set(&json!({"keys": [ed("a")]}));
        assert!(one.find(None, Algorithm::EdDSA).is_some());
        assert!(one.find(None, Algorithm::ES256).is_none());
        assert!(one.find(Some("b"), Algorithm::EdDSA).is_none());
        let two = Keys::of_set(&json!({"keys": [ed("a"), ed("b")]}));
        assert!(two.find(None, Algorithm::EdDSA).is_none());
        assert_ne!(one.fingerprint, two.fingerprint);
    }
}
