//! Secrets at rest: AES-256-GCM, with the task's id as associated data so that a row can't be moved to another task.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use domain::{JsonObject, TaskId};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::fingerprints::KeyedFingerprints;

/// Encrypts the secret parameters of tasks.
#[derive(Clone)]
pub struct Vault {
    key: Option<Arc<LessSafeKey>>,
    fingerprints: KeyedFingerprints,
}

/// A secret can't be kept or read.
#[derive(Debug, Error)]
pub enum VaultError {
    /// No key is configured.
    #[error(
        "no key for secret parameters is configured: set `secrets.key` (64 hexadecimal digits) or `secrets.key_file`"
    )]
    NoKey,
    /// The key is none.
    #[error("`secrets.key` must be 64 hexadecimal digits (32 random bytes, for example from `openssl rand -hex 32`)")]
    BadKey,
    /// The system gives no randomness.
    #[error("the system gives no randomness to make a key of")]
    Randomness,
    /// Encryption failed.
    #[error("a secret could not be encrypted")]
    Seal,
    /// Decryption failed: another key, or tampered data.
    #[error("a secret could not be decrypted: was `secrets.key` changed?")]
    Open,
    /// What was decrypted is no JSON object.
    #[error("a decrypted secret can't be read")]
    Content(#[source] serde_json::Error),
}

impl Vault {
    /// A vault without a key: it keeps nothing.
    pub fn without_key() -> Self {
        Self { key: None, fingerprints: KeyedFingerprints::without_key() }
    }

    /// A vault with a key in 64 hexadecimal digits.
    pub fn with_key(hexadecimal: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(hex::decode(hexadecimal.trim()).map_err(|_| VaultError::BadKey)?);
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| VaultError::BadKey)?;
        let fingerprints = KeyedFingerprints::with_key_from(&bytes).map_err(|_| VaultError::BadKey)?;
        Ok(Self { key: Some(Arc::new(LessSafeKey::new(key))), fingerprints })
    }

    /// A new key, in 64 hexadecimal digits.
    pub fn new_key() -> Result<Zeroizing<String>, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *key).map_err(|_| VaultError::Randomness)?;
        Ok(Zeroizing::new(hex::encode(*key)))
    }

    /// Whether it can keep anything.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Takes fingerprints of bodies that may hold secrets, with a key made of the vault's.
    pub(crate) fn fingerprints(&self) -> KeyedFingerprints {
        self.fingerprints.clone()
    }

    pub(crate) fn seal(&self, task: TaskId, secrets: &JsonObject) -> Result<(Vec<u8>, Vec<u8>), VaultError> {
        let key = self.key.as_ref().ok_or(VaultError::NoKey)?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| VaultError::Seal)?;
        let mut bytes = serde_json::to_vec(secrets).map_err(VaultError::Content)?;
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(task.as_uuid().into_bytes()),
            &mut bytes,
        )
        .map_err(|_| VaultError::Seal)?;
        Ok((nonce.to_vec(), bytes))
    }

    pub(crate) fn open(&self, task: TaskId, nonce: &[u8], ciphertext: Vec<u8>) -> Result<JsonObject, VaultError> {
        let key = self.key.as_ref().ok_or(VaultError::NoKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Open)?;
        let mut bytes = Zeroizing::new(ciphertext);
        let plain = key
            .open_in_place(nonce, Aad::from(task.as_uuid().into_bytes()), &mut bytes)
            .map_err(|_| VaultError::Open)?;
        serde_json::from_slice(plain).map_err(VaultError::Content)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.has_key() { "Vault(key)" } else { "Vault(no key)" })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn secrets() -> JsonObject {
        json!({"token": "hunter2"}).as_object().unwrap().clone()
    }

    fn task(number: u128) -> TaskId {
        TaskId::new(Uuid::from_u128(number))
    }

    #[test]
    fn what_goes_in_comes_out_and_is_not_to_be_seen_between() {
        let vault = Vault::with_key(&"ab".repeat(32)).unwrap();
        let (nonce, sealed) = vault.seal(task(1), &secrets()).unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(vault.open(task(1), &nonce, sealed).unwrap(), secrets());
    }

    #[test]
    fn another_task_or_another_key_opens_nothing() {
        let vault = Vault::with_key(&"ab".repeat(32)).unwrap();
        let (nonce, sealed) = vault.seal(task(1), &secrets()).unwrap();
        assert!(matches!(vault.open(task(2), &nonce, sealed.clone()), Err(VaultError::Open)));
        let other = Vault::with_key(&"cd".repeat(32)).unwrap();
        assert!(matches!(other.open(task(1), &nonce, sealed), Err(VaultError::Open)));
    }

    #[test]
    fn a_new_key_is_one_and_another_each_time() {
        let key = Vault::new_key().unwrap();
        assert!(Vault::with_key(&key).unwrap().has_key());
        assert_ne!(key, Vault::new_key().unwrap());
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        assert!(matches!(Vault::with_key("abc"), Err(VaultError::BadKey)));
        assert!(matches!(Vault::without_key().seal(task(1), &secrets()), Err(VaultError::NoKey)));
    }
}
