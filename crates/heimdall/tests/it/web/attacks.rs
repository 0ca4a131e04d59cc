use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use heimdall::{
    auth::Caller,
    routes::{Routes, any_caller, permission, public},
    testing::{FakeKey, KeyKind},
};
use serde_json::{Value, json};

use super::{Trust, at, get, get_with, send};

async fn who(caller: Caller) -> String {
    caller.subject
}

fn things() -> Routes {
    at("/things", any_caller(), who).merge(at("/written", permission("things:write"), async || "written")).merge(at(
        "/health",
        public(),
        who,
    ))
}

/// The token is refused as invalid, and a good one beside it is not.
#[track_caller]
fn told(challenge: &str) -> &str {
    challenge
        .strip_prefix("Bearer error=\"invalid_token\", error_description=\"")
        .unwrap_or_else(|| panic!("{challenge}"))
}

async fn refuses(trust: &Trust, what: &str, token: &str) -> String {
    let router = trust.guard(things());
    let refused = send(&router, get_with("/things", token)).await.refused(401, "unauthenticated");
    let challenge = refused.headers["www-authenticate"].to_str().unwrap().to_owned();
    assert!(told(&challenge).ends_with('"'), "{what}");
    refused.problem.detail.unwrap()
}

#[tokio::test]
async fn good_tokens_of_each_algorithm_are_let_in() {
    for kind in [KeyKind::Es256, KeyKind::Rs256, KeyKind::EdDsa] {
        let trust = Trust::in_issuer(kind).await;
        let router = trust.guard(things());
        let token = trust.issuer.token("ann").claim("aud", json!(["account", "valkyrie"]));
        let answer = send(&router, get_with("/things", &token.sign().unwrap())).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, "ann".to_owned()), "{kind:?}");
    }
}

#[tokio::test]
async fn claims_that_are_not_for_here_and_now_are_refused() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let good = trust.issuer.token("ann");
    let wrong: Vec<(&str, Value)> = vec![
        ("aud", json!("another")),
        ("aud", json!(null)),
        ("aud", json!(["another", "valkyrie "])),
        ("exp", json!(1_767_268_800 - 31)),
        ("exp", json!(null)),
        ("exp", json!("tomorrow")),
        ("nbf", json!(1_767_268_800 + 31)),
        ("iss", json!("https://issuer.example")),
        ("iss", json!(null)),
        ("iss", json!(format!("{}/", trust.issuer.url()))),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("cnf", json!({"jkt": "x"})),
    ];
    for (claim, value) in wrong {
        let what = format!("{claim}: {value}");
        refuses(&trust, &what, &good.clone().claim(claim, value).sign().unwrap()).await;
    }
    for typ in ["dpop+jwt", "logout+jwt", "JWE", ""] {
        refuses(&trust, typ, &good.clone().header("typ", typ).sign().unwrap()).await;
    }
    refuses(&trust, "crit", &good.clone().header("crit", json!(["b64"])).header("b64", false).sign().unwrap()).await;
}

#[tokio::test]
async fn tokens_without_a_signature_are_refused() {
    let trust = Trust::in_issuer(KeyKind::Rs256).await;
    for name in ["none", "None", "NONE", "nOnE", ""] {
        refuses(&trust, name, &trust.issuer.token("ann").unsigned(name)).await;
    }
    let good = trust.issuer.token("ann").sign().unwrap();
    let (message, signature) = good.rsplit_once('.').unwrap();
    refuses(&trust, "empty signature", &format!("{message}.")).await;
    refuses(&trust, "no signature", message).await;
    refuses(&trust, "half a signature", &format!("{message}.{}", &signature[..signature.len() / 2])).await;
}

#[tokio::test]
async fn the_public_key_is_no_secret() {
    for kind in [KeyKind::Rs256, KeyKind::Es256, KeyKind::EdDsa] {
        let trust = Trust::in_issuer(kind).await;
        let key = trust.issuer.key().unwrap();
        let (pem, jwk) = (key.public_pem().unwrap(), key.jwk());
        let raw = jwk.get("n").or(jwk.get("x")).unwrap().as_str().unwrap();
        let decoded = URL_SAFE_NO_PAD.decode(raw).unwrap();
        for secret in [pem.as_bytes(), pem.trim().as_bytes(), raw.as_bytes(), &decoded, b""] {
            let forged = trust.issuer.token("ann").sign_with_secret(secret);
            assert!(refuses(&trust, "HS256", &forged).await.contains("algorithm"));
        }
    }
}

#[tokio::test]
async fn a_key_is_only_used_for_its_own_algorithm() {
    let trust = Trust::in_issuer(KeyKind::Rs256).await;
    for algorithm in ["RS384", "PS256", "ES256", "EdDSA", "RS1", "A256GCM"] {
        refuses(&trust, algorithm, &trust.issuer.token("ann").header("alg", algorithm).sign().unwrap()).await;
    }
}

#[tokio::test]
async fn a_strangers_key_is_refused_whatever_it_calls_itself() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let real = trust.issuer.key().unwrap();
    let stranger = Arc::new(FakeKey::generate(KeyKind::Es256, real.id()).unwrap());
    let token = trust.issuer.token("ann").key(stranger.clone());
    refuses(&trust, "the same id", &token.sign().unwrap()).await;
    refuses(&trust, "no id", &token.clone().header("kid", Value::Null).sign().unwrap()).await;
    for id in ["key-2", "../../dev/null", "' OR 1=1", "\u{0}"] {
        refuses(&trust, id, &token.clone().header("kid", id).sign().unwrap()).await;
    }
    refuses(&trust, "a key that it brings", &token.clone().header("jwk", stranger.jwk()).sign().unwrap()).await;
    let bring = token.clone().header("jku", "http://127.0.0.1:1/keys").header("x5u", "http://127.0.0.1:1/x");
    refuses(&trust, "a key that it points to", &bring.sign().unwrap()).await;
}

#[tokio::test]
async fn keys_for_encryption_and_symmetric_keys_sign_nothing() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let encryption = Arc::new(FakeKey::generate(KeyKind::Rs256, "enc-1").unwrap());
    let mut jwk = encryption.jwk();
    jwk["use"] = "enc".into();
    jwk["alg"] = "RSA-OAEP".into();
    trust.issuer.publish(jwk);
    trust.issuer.publish(json!({"kty": "oct", "kid": "oct-1", "k": "c2VjcmV0", "alg": "HS256", "use": "sig"}));
    let token = trust.issuer.token("ann");
    let with_encryption = token.clone().key(encryption).header("kid", "enc-1").header("alg", "RS256");
    refuses(&trust, "enc", &with_encryption.sign().unwrap()).await;
    refuses(&trust, "oct", &token.header("kid", "oct-1").sign_with_secret(b"secret")).await;
}

#[tokio::test]
async fn changed_and_broken_tokens_are_refused() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let good = trust.issuer.token("ann").sign().unwrap();
    let admin = trust.issuer.token("admin").sign().unwrap();
    let (mine, theirs): (Vec<&str>, Vec<&str>) = (good.split('.').collect(), admin.split('.').collect());
    refuses(&trust, "another payload", &format!("{}.{}.{}", mine[0], theirs[1], mine[2])).await;
    refuses(&trust, "five parts", &format!("{good}.x.y")).await;
    refuses(&trust, "too long", &"a".repeat(100_000)).await;
    for broken in ["x", "..", "a.b.c", "eyJ9.eyJ9.AA", &good.replace('.', "..")] {
        refuses(&trust, broken, broken).await;
    }
    let padded = URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\",\"alg\":\"none\"}");
    refuses(&trust, "doubled alg", &format!("{padded}.{}.{}", mine[1], mine[2])).await;
}

#[tokio::test]
async fn everything_is_closed_that_is_not_public() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(things());
    for path in ["/things", "/nowhere", "/healthy", "/health/", "/health/../things", "//health", "/HEALTH", "/"] {
        let refused = send(&router, get(path)).await.refused(401, "unauthenticated");
        assert_eq!(refused.headers["www-authenticate"], "Bearer", "{path}");
    }
    // Public, but its handler wants to know who asks.
    send(&router, get("/health")).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_missing_permission_is_403_and_named() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let router = trust.guard(things());
    let token = trust.issuer.token("ann").scope("openid things:read").sign().unwrap();
    let refused = send(&router, get_with("/written", &token)).await.refused(403, "forbidden");
    assert!(refused.problem.detail.unwrap().contains("`things:write`"));
    assert_eq!(refused.headers["www-authenticate"], "Bearer error=\"insufficient_scope\", scope=\"things:write\"");
    let by_role = trust.issuer.token("ann").claim("realm_access", json!({"roles": ["editor"]})).sign().unwrap();
    assert_eq!(send(&router, get_with("/written", &by_role)).await.text(), "written");
    let elsewhere = json!({"other": {"roles": ["editor"]}});
    let elsewhere = trust.issuer.token("ann").claim("resource_access", elsewhere).sign().unwrap();
    send(&router, get_with("/written", &elsewhere)).await.refused(403, "forbidden");
}
