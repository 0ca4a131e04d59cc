//! What is kept of a request's body to recognise it by.

use std::fmt;

use application::ports::Fingerprints;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use sha2::{Digest, Sha256};

/// Tells the key of fingerprints from others that are made of the same secret. Never changes.
const LABEL: &[u8] = b"valkyrie idempotency fingerprint v1";

/// Takes the fingerprints by which a repeated request is recognised. They stand in the database for a day, and a body may
/// hold secret parameters: with a key ([HMAC-SHA-256](https://www.rfc-editor.org/rfc/rfc2104)) nobody who reads the
/// database can try out what a short secret was.
#[derive(Clone)]
pub(crate) struct KeyedFingerprints(Option<hmac::Key>);

impl KeyedFingerprints {
    /// Plain SHA-256. Only for where no secrets are kept: then no body with a secret is, nor its fingerprint.
    pub(crate) fn without_key() -> Self {
        Self(None)
    }

    /// With a key that is made of `secret` (HKDF-SHA-256), which tells nothing of other keys that are. Another secret
    /// makes other fingerprints: requests from before are not recognised any more.
    pub(crate) fn with_key_from(secret: &[u8]) -> Result<Self, Unspecified> {
        let secret = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let key = secret.expand(&[LABEL], HMAC_SHA256)?;
        Ok(Self(Some(key.into())))
    }
}

impl Fingerprints for KeyedFingerprints {
    fn of(&self, bytes: &[u8]) -> String {
        match &self.0 {
            Some(key) => hex::encode(hmac::sign(key, bytes)),
            None => hex::encode(Sha256::digest(bytes)),
        }
    }
}

impl fmt::Debug for KeyedFingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "KeyedFingerprints(key)" } else { "KeyedFingerprints(no key)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_key_nobody_can_take_them() {
        let keyed = |byte: u8| KeyedFingerprints::with_key_from(&[byte; 32]).unwrap();
        let plain = KeyedFingerprints::without_key();
        assert_eq!(keyed(1).of(b"body"), keyed(1).of(b"body"), "every process takes the same");
        assert_ne!(keyed(1).of(b"body"), keyed(1).of(b"bodies"));
        assert_ne!(keyed(1).of(b"body"), keyed(2).of(b"body"));
        assert_ne!(keyed(1).of(b"body"), plain.of(b"body"));
        let direct = hmac::sign(&hmac::Key::new(HMAC_SHA256, &[1; 32]), b"body");
        assert_ne!(keyed(1).of(b"body"), hex::encode(direct), "the secret itself is for other things");
        assert_eq!(plain.of(b"body"), hex::encode(Sha256::digest(b"body")));
    }
}
