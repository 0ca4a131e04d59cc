use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use heimdall::clock::{Clock as _, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An issuer as far as a deployment sees it: a discovery document, keys, and tokens.
pub(crate) struct Issuer {
    server: MockServer,
    pkcs8: Vec<u8>,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pkcs8 = document.as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap();
        let point = pair.public_key().as_ref();
        let half = |range| URL_SAFE_NO_PAD.encode(&point[range]);
        let key = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k", "x": half(1..33), "y": half(33..65),
        });
        let discovery = json!({"issuer": server.uri(), "jwks_uri": format!("{}/jwks", server.uri())});
        let pages = [("/.well-known/openid-configuration", discovery), ("/jwks", json!({"keys": [key]}))];
        for (page, body) in pages {
            let answer = ResponseTemplate::new(200).set_body_json(body);
            Mock::given(path(page)).respond_with(answer).mount(&server).await;
        }
        Self { server, pkcs8 }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.server.uri()
    }

    /// A token for an hour, with all that a client needs.
    pub(crate) fn token(&self) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k".to_owned());
        let now = SystemClock.now().timestamp();
        let claims = json!({
            "iss": self.url(), "aud": "valkyrie", "sub": "faults", "iat": now, "exp": now + 3600,
            "scope": "scaffold-tasks:read scaffold-tasks:write",
        });
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(&self.pkcs8)).unwrap()
    }
}
