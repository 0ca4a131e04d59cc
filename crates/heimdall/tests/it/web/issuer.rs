use std::sync::Arc;

use chrono::TimeDelta;
use heimdall::{
    auth::{AuthConfig, TokenError},
    config::Section as _,
    routes::any_caller,
    testing::{FakeIssuer, KeyKind, ManualClock},
};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use super::{Trust, at, get_with, send, verifier};

/// The reason of refusal.
#[track_caller]
fn invalid(result: &Result<Arc<heimdall::auth::Caller>, TokenError>) {
    assert!(matches!(result, Err(TokenError::Invalid(_))), "{result:?}");
}

#[tokio::test]
async fn a_rotation_is_seen_at_the_first_token_of_the_new_key() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let old = trust.issuer.token("ann").sign().unwrap();
    trust.verifier.verify(&old).await.unwrap();
    trust.issuer.rotate(KeyKind::Rs256).unwrap();
    let new = trust.issuer.token("ann").sign().unwrap();
    trust.verifier.verify(&new).await.unwrap();
    trust.verifier.verify(&old).await.unwrap();
    assert_eq!(trust.issuer.questions(), 2);
}

#[tokio::test]
async fn a_key_that_is_taken_back_ends_its_tokens_also_those_that_are_remembered() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let old = trust.issuer.token("ann").claim("exp", 1_767_268_800 + 86_400).sign().unwrap();
    trust.verifier.verify(&old).await.unwrap();
    trust.issuer.rotate(KeyKind::Es256).unwrap();
    trust.issuer.retire_old_keys();
    trust.verifier.verify(&old).await.unwrap();
    let new = trust.issuer.token("ann").sign().unwrap();
    trust.verifier.verify(&new).await.unwrap();
    // It was remembered for five minutes, but now the keys are known to be others.
    invalid(&trust.verifier.verify(&old).await);
}

#[tokio::test]
async fn keys_are_asked_for_again_by_and_by() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let token = trust.issuer.token("ann").claim("exp", 1_767_268_800 + 86_400).sign().unwrap();
    trust.verifier.verify(&token).await.unwrap();
    trust.issuer.rotate(KeyKind::Es256).unwrap();
    trust.issuer.retire_old_keys();
    trust.later(TimeDelta::seconds(301));
    invalid(&trust.verifier.verify(&token).await);
}

#[tokio::test]
async fn invented_key_ids_do_not_flood_the_issuer() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let token = trust.issuer.token("ann");
    for number in 0..100 {
        let forged = token.clone().header("kid", format!("invented-{number}")).sign().unwrap();
        invalid(&trust.verifier.verify(&forged).await);
    }
    assert!(trust.issuer.questions() <= 5, "{}", trust.issuer.questions());
    trust.later(TimeDelta::seconds(10));
    trust.issuer.rotate(KeyKind::Es256).unwrap();
    trust.verifier.verify(&trust.issuer.token("ann").sign().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_issuer_that_is_away_at_the_start_is_503_and_comes_back_by_itself() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    trust.issuer.away(true);
    let router = trust.guard(at("/things", any_caller(), async || "things"));
    let token = trust.issuer.token("ann").sign().unwrap();
    for _ in 0..10 {
        let refused = send(&router, get_with("/things", &token)).await.refused(503, "unavailable");
        assert_eq!(refused.headers["retry-after"], "5");
        assert!(!refused.problem.detail.unwrap().contains("127.0.0.1"));
    }
    trust.issuer.away(false);
    trust.later(TimeDelta::seconds(10));
    assert_eq!(send(&router, get_with("/things", &token)).await.text(), "things");
}

#[tokio::test]
async fn the_last_keys_are_kept_while_the_issuer_is_away() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let token = trust.issuer.token("ann").claim("exp", 1_767_268_800 + 86_400).sign().unwrap();
    trust.verifier.verify(&token).await.unwrap();
    trust.issuer.away(true);
    trust.later(TimeDelta::hours(2));
    trust.verifier.verify(&token).await.unwrap();
    let unknown = trust.issuer.token("ann").header("kid", "perhaps-new").sign().unwrap();
    assert_eq!(trust.verifier.verify(&unknown).await, Err(TokenError::Unavailable));
}

#[tokio::test]
async fn a_token_is_never_remembered_past_its_end() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    let token = trust.issuer.token("ann").claim("exp", 1_767_268_800 + 10).sign().unwrap();
    trust.verifier.verify(&token).await.unwrap();
    trust.later(TimeDelta::seconds(39));
    trust.verifier.verify(&token).await.unwrap();
    trust.later(TimeDelta::seconds(1));
    invalid(&trust.verifier.verify(&token).await);
}

#[tokio::test]
async fn an_issuer_that_calls_itself_otherwise_is_not_trusted() {
    let trust = Trust::in_issuer(KeyKind::Es256).await;
    trust.issuer.call_itself("https://issuer.example");
    let token = trust.issuer.token("ann").sign().unwrap();
    assert_eq!(trust.verifier.verify(&token).await, Err(TokenError::Unavailable));
}

#[tokio::test]
async fn what_an_issuer_answers_is_not_trusted_blindly() {
    let clock = ManualClock::default();
    let issuer = FakeIssuer::start(KeyKind::Es256, Arc::new(clock.clone())).await.unwrap();
    let token = issuer.token("ann").claim("iss", "http://127.0.0.1:1").sign().unwrap();
    let keys = json!({"keys": [issuer.key().unwrap().jwk()]});
    let answers = [
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_json(json!([])),
        ResponseTemplate::new(404),
        ResponseTemplate::new(302).insert_header("location", "/moved"),
        ResponseTemplate::new(200).set_body_string(" ".repeat(2 * 1024 * 1024)),
        ResponseTemplate::new(200)
            .set_body_json(json!({"issuer": "http://127.0.0.1:1", "jwks_uri": "file:///etc/passwd"})),
    ];
    for answer in answers {
        let server = MockServer::start().await;
        Mock::given(path("/described")).respond_with(answer).mount(&server).await;
        let moved = json!({"issuer": "http://127.0.0.1:1", "jwks_uri": format!("{}/keys", server.uri())});
        Mock::given(path("/moved")).respond_with(ResponseTemplate::new(200).set_body_json(moved)).mount(&server).await;
        Mock::given(path("/keys")).respond_with(ResponseTemplate::new(200).set_body_json(&keys)).mount(&server).await;
        let config = AuthConfig {
            issuer: "http://127.0.0.1:1".to_owned(),
            discovery_url: format!("{}/described", server.uri()),
            allow_insecure_issuer: true,
            ..AuthConfig::default()
        };
        assert_eq!(verifier(&config, &clock).verify(&token).await, Err(TokenError::Unavailable));
    }
}

#[test]
fn an_issuer_without_tls_is_refused_by_the_name_of_the_key() {
    let config = AuthConfig { issuer: "http://id.example".to_owned(), ..AuthConfig::default() };
    let wrong = format!("{:?}", config.validate());
    assert!(wrong.contains("issuer") && wrong.contains("allow_insecure_issuer"), "{wrong}");
}
