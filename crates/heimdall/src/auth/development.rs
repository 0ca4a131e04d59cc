use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use super::keys::Key;

/// An issuer for one machine: a key in a file that only its owner reads, and short tokens signed with it. Whoever may
/// read the file may do anything in the instance it belongs to; the file is the secret.
///
/// It is no server: its public key is handed to the [`Verifier`](super::Verifier) of the same process.
pub struct DevelopmentIssuer {
    issuer: String,
    audience: String,
    pkcs8: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
}

/// The file in the data folder.
const FILE: &str = "development-issuer.json";
const KEY_ID: &str = "development";

#[derive(Serialize, Deserialize)]
struct Stored {
    issuer: String,
    audience: String,
    pkcs8: String,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.pkcs8.zeroize();
    }
}

/// Why a development issuer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DevelopmentIssuerError {
    /// There is no key file: nothing has run here yet.
    #[error("{} does not exist: no development instance has run with this data folder", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Others may read the key file.
    #[error("{} can be read by others than its owner (mode {mode:o}); it must have mode 600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else. Deleting it makes a new key.
    #[error("{} holds no key; delete it to make a new one", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no randomness, or the key cannot sign.
    #[error("a key cannot be made or used")]
    Crypto,
}

impl DevelopmentIssuer {
    /// The issuer of the instance with this data folder, which must exist. The first time a key is made; it stays over
    /// restarts.
    ///
    /// Its name is `urn:<service>:development` and says nothing of a port: whoever moves an instance to another one is
    /// still the same person to it. Tokens of another folder have another key, hence don't pass.
    pub fn of_instance(data: &Path, service: &str, audience: &str) -> Result<Self, DevelopmentIssuerError> {
        let pkcs8 = match Self::open(data) {
            Ok(stored) => stored.pkcs8.clone(),
            Err(DevelopmentIssuerError::Missing { .. }) => generate()?,
            Err(error) => return Err(error),
        };
        let issuer = Self::new(format!("urn:{service}:development"), audience.to_owned(), pkcs8)?;
        issuer.store(data)?;
        Ok(issuer)
    }

    /// The issuer of the instance that runs, or last ran, with this data folder.
    pub fn open(data: &Path) -> Result<Self, DevelopmentIssuerError> {
        let path = data.join(FILE);
        let failed = |source| DevelopmentIssuerError::File { path: path.clone(), source };
        let mode = match fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DevelopmentIssuerError::Missing { path });
            }
            Err(error) => return Err(failed(error)),
        };
        if mode & 0o077 != 0 {
            return Err(DevelopmentIssuerError::Exposed { path, mode });
        }
        let text = Zeroizing::new(fs::read(&path).map_err(failed)?);
        let stored = serde_json::from_slice::<Stored>(&text).ok();
        let key = stored.as_ref().and_then(|stored| STANDARD.decode(stored.pkcs8.as_bytes()).ok());
        let (Some(stored), Some(pkcs8)) = (stored, key) else {
            return Err(DevelopmentIssuerError::Malformed { path });
        };
        Self::new(stored.issuer.clone(), stored.audience.clone(), Zeroizing::new(pkcs8))
            .map_err(|_| DevelopmentIssuerError::Malformed { path })
    }

    fn new(issuer: String, audience: String, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, DevelopmentIssuerError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
            .map_err(|_| DevelopmentIssuerError::Crypto)?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { issuer, audience, pkcs8, public })
    }

    /// Its name, the `iss` of its tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The longest life of a token: one that is asked for longer gets this.
    pub const MAX_LIFETIME: TimeDelta = TimeDelta::hours(1);

    /// A token for `subject` with the given permissions as its scopes. It lives for [`MAX_LIFETIME`](Self::MAX_LIFETIME) at most.
    pub fn token(
        &self,
        subject: &str,
        permissions: &[&str],
        lifetime: TimeDelta,
        now: DateTime<Utc>,
        id: Uuid,
    ) -> Result<String, DevelopmentIssuerError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(KEY_ID.to_owned());
        header.typ = Some("at+jwt".to_owned());
        let claims = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "preferred_username": subject,
            "scope": permissions.join(" "),
            "iat": now.timestamp(),
            "exp": (now + lifetime.min(Self::MAX_LIFETIME)).timestamp(),
            "jti": id,
        });
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(&self.pkcs8))
            .map_err(|_| DevelopmentIssuerError::Crypto)
    }

    pub(super) fn key(&self) -> Key {
        Key::new(KEY_ID, Algorithm::ES256, DecodingKey::from_ec_der(&self.public))
    }

    /// Writes the file so that no one ever reads half of it, or reads it before its mode is set.
    fn store(&self, data: &Path) -> Result<(), DevelopmentIssuerError> {
        let path = data.join(FILE);
        let failed = |source| DevelopmentIssuerError::File { path: path.clone(), source };
        let stored = Stored {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            pkcs8: STANDARD.encode(&*self.pkcs8),
        };
        let text = serde_json::to_vec_pretty(&stored).map(Zeroizing::new);
        let text = text.map_err(|error| failed(error.into()))?;
        let part = data.join(format!("{FILE}.part"));
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        let written = file.and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
        written.and_then(|()| fs::rename(&part, &path)).map_err(failed)
    }
}

fn generate() -> Result<Zeroizing<Vec<u8>>, DevelopmentIssuerError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let document = document.map_err(|_| DevelopmentIssuerError::Crypto)?;
    Ok(Zeroizing::new(document.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_and_only_its_owner_reads_it() {
        let data = tempfile::tempdir().unwrap();
        assert!(matches!(DevelopmentIssuer::open(data.path()), Err(DevelopmentIssuerError::Missing { .. })));
        let first = DevelopmentIssuer::of_instance(data.path(), "shop", "shop-api").unwrap();
        let file = data.path().join(FILE);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let again = DevelopmentIssuer::of_instance(data.path(), "shop", "shop-api").unwrap();
        assert_eq!(first.public, again.public);
        let other_process = DevelopmentIssuer::open(data.path()).unwrap();
        assert_eq!(other_process.issuer(), "urn:shop:development");
        assert_eq!(other_process.public, first.public);

        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            DevelopmentIssuer::open(data.path()),
            Err(DevelopmentIssuerError::Exposed { mode: 0o640, .. })
        ));
    }

    #[test]
    fn a_damaged_file_is_named_and_not_overwritten() {
        let data = tempfile::tempdir().unwrap();
        DevelopmentIssuer::of_instance(data.path(), "shop", "shop-api").unwrap();
        let file = data.path().join(FILE);
        fs::write(&file, "{}").unwrap();
        let opened = DevelopmentIssuer::of_instance(data.path(), "shop", "shop-api");
        assert!(matches!(opened, Err(DevelopmentIssuerError::Malformed { .. })));
        assert_eq!(fs::read(&file).unwrap(), b"{}");
    }
}
