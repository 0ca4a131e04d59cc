use std::{env::var, sync::Arc};

use heimdall::{
    auth::{AuthConfig, PermissionTable, TokenError, Verifier},
    clock::SystemClock,
};
use serde_json::{Value, json};

/// A real Keycloak with the realm of `cargo xtask services up keycloak`.
struct Keycloak {
    url: String,
    client: reqwest::Client,
}

impl Keycloak {
    fn of_environment() -> Option<Self> {
        let Ok(url) = var("VALKYRIE_TEST_KEYCLOAK_URL") else {
            eprintln!("NOT RUN on Keycloak: VALKYRIE_TEST_KEYCLOAK_URL is not set");
            return None;
        };
        let base = url.split("/realms/").next().unwrap().trim_end_matches('/').to_owned();
        Some(Self { url: base, client: reqwest::Client::builder().no_proxy().build().unwrap() })
    }

    fn verifier(&self) -> Verifier {
        let config = AuthConfig {
            issuer: format!("{}/realms/valkyrie", self.url),
            allow_insecure_issuer: true,
            ..AuthConfig::default()
        };
        let table = PermissionTable::new(["tasks:write"]).role("valkyrie-writer", &["tasks:write"]);
        Verifier::new(&config, table, Arc::new(SystemClock)).unwrap()
    }

    async fn grant(&self, realm: &str, form: &str) -> Value {
        let url = format!("{}/realms/{realm}/protocol/openid-connect/token", self.url);
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        request.body(form.to_owned()).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    async fn pipeline_token(&self) -> String {
        let (id, secret) = (var("VALKYRIE_TEST_KEYCLOAK_CLIENT_ID"), var("VALKYRIE_TEST_KEYCLOAK_CLIENT_SECRET"));
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", id.unwrap(), secret.unwrap());
        text(&self.grant("valkyrie", &form).await, "access_token")
    }

    /// Adds a signing key that new tokens are signed with. Nothing is taken away, so other tests go on.
    async fn rotate(&self) {
        let (user, password) = (var("VALKYRIE_TEST_KEYCLOAK_ADMIN"), var("VALKYRIE_TEST_KEYCLOAK_ADMIN_PASSWORD"));
        let form = format!(
            "grant_type=password&client_id=admin-cli&username={}&password={}",
            user.unwrap(),
            password.unwrap()
        );
        let token = text(&self.grant("master", &form).await, "access_token");
        let realm = format!("{}/admin/realms/valkyrie", self.url);
        let described = self.client.get(&realm).bearer_auth(&token).send().await.unwrap();
        let described: Value = described.error_for_status().unwrap().json().await.unwrap();
        let listed = self.client.get(format!("{realm}/components?type=org.keycloak.keys.KeyProvider"));
        let listed: Value = listed.bearer_auth(&token).send().await.unwrap().json().await.unwrap();
        let priorities = listed.as_array().unwrap().iter().filter_map(|key| key["config"]["priority"][0].as_str());
        let highest = priorities.filter_map(|text| text.parse::<u32>().ok()).max().unwrap_or(100);
        let component = json!({
            "name": format!("rotated-{highest}"), "providerId": "rsa-generated", "parentId": described["id"],
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": [(highest + 1).to_string()], "enabled": ["true"], "active": ["true"]},
        });
        let made = self.client.post(format!("{realm}/components")).bearer_auth(&token).json(&component);
        made.send().await.unwrap().error_for_status().unwrap();
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("{member} is not in {answer}")).to_owned()
}

#[tokio::test]
async fn its_access_tokens_are_accepted_also_after_a_rotation() {
    let Some(keycloak) = Keycloak::of_environment() else { return };
    let verifier = keycloak.verifier();
    let old = keycloak.pipeline_token().await;
    let caller = verifier.verify(&old).await.unwrap();
    assert_eq!(caller.issuer, format!("{}/realms/valkyrie", keycloak.url));
    assert_eq!(caller.name.as_deref(), Some("service-account-valkyrie-ci"));
    assert!(caller.has("tasks:write"), "{caller:?}");

    keycloak.rotate().await;
    let new = keycloak.pipeline_token().await;
    let key = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_ne!(key(&old), key(&new), "the new token names another key");
    assert_eq!(verifier.verify(&new).await.unwrap().subject, caller.subject);
    verifier.verify(&old).await.unwrap();
}

#[tokio::test]
async fn its_other_tokens_are_refused() {
    let Some(keycloak) = Keycloak::of_environment() else { return };
    let verifier = keycloak.verifier();
    let password = "grant_type=password&username=ada&password=ada&scope=openid&client_id=";
    let ada = keycloak.grant("valkyrie", &format!("{password}valkyrie-cli")).await;
    verifier.verify(&text(&ada, "access_token")).await.unwrap();
    let stranger = keycloak.grant("valkyrie", &format!("{password}stranger")).await;
    let refused = [text(&ada, "id_token"), text(&ada, "refresh_token"), text(&stranger, "access_token")];
    for token in refused {
        let result = verifier.verify(&token).await;
        assert!(matches!(result, Err(TokenError::Invalid(_))), "{result:?}");
    }
}
