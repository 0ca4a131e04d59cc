use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::{Section, Violation};

/// Whose tokens are trusted (section `auth`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AuthConfig {
    /// The issuer of tokens, exactly as in their `iss`. Empty: none but those that the application adds.
    pub issuer: String,
    /// Where the issuer describes itself, if not at `<issuer>/.well-known/openid-configuration`.
    pub discovery_url: String,
    /// What tokens must name as their audience.
    pub audience: String,
    /// Allows an issuer without TLS, for a test or a trial: whoever can change its traffic can make tokens.
    pub allow_insecure_issuer: bool,
    /// Where a token's roles stand, as dotted paths; `<audience>` stands for the audience.
    pub role_claims: Vec<String>,
}

impl Default for AuthConfig {
    fn default() -> Self {
        let role_claims = ["realm_access.roles", "resource_access.<audience>.roles", "roles", "groups"];
        Self {
            issuer: String::new(),
            discovery_url: String::new(),
            audience: "valkyrie".to_owned(),
            allow_insecure_issuer: false,
            role_claims: role_claims.map(str::to_owned).to_vec(),
        }
    }
}

impl Section for AuthConfig {
    const PATH: &'static str = "auth";

    fn validate(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        wrong.extend(Violation::unless(!self.audience.is_empty(), "audience", "must not be empty"));
        let addresses = [("issuer", &self.issuer), ("discovery_url", &self.discovery_url)];
        for (key, address) in addresses.into_iter().filter(|(_, address)| !address.is_empty()) {
            let message = address_error(address, self.allow_insecure_issuer);
            wrong.extend(message.map(|message| Violation::new(key, message)));
        }
        let stray = !self.discovery_url.is_empty() && self.issuer.is_empty();
        wrong.extend(Violation::unless(!stray, "issuer", "must be set when `auth.discovery_url` is"));
        wrong
    }
}

impl AuthConfig {
    /// Where the issuer describes itself; none without an issuer.
    pub(super) fn discovery(&self) -> Option<String> {
        if self.issuer.is_empty() {
            return None;
        }
        if !self.discovery_url.is_empty() {
            return Some(self.discovery_url.clone());
        }
        Some(format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/')))
    }

    /// The role claims as paths. An audience with dots in it is one step of its path.
    pub(super) fn role_paths(&self) -> Vec<Vec<String>> {
        let step = |step: &str| step.replace("<audience>", &self.audience);
        self.role_claims.iter().map(|path| path.split('.').map(step).collect()).collect()
    }
}

/// What is wrong with an issuer's address, if anything.
pub(super) fn address_error(address: &str, insecure: bool) -> Option<String> {
    match Url::parse(address) {
        Ok(url) if url.scheme() == "https" => None,
        Ok(url) if url.scheme() == "http" && insecure => None,
        Ok(url) if url.scheme() == "http" => {
            Some("must start with `https://` (or allow the risk with `auth.allow_insecure_issuer = true`)".to_owned())
        }
        _ => Some("must be an address that starts with `https://`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(issuer: &str, insecure: bool) -> usize {
        let config = AuthConfig { issuer: issuer.to_owned(), allow_insecure_issuer: insecure, ..AuthConfig::default() };
        config.validate().len()
    }

    #[test]
    fn an_issuer_needs_tls_unless_told() {
        assert_eq!(wrong("", false), 0);
        assert_eq!(wrong("https://id.example/realms/a", false), 0);
        assert_eq!(wrong("http://id.example/realms/a", false), 1);
        assert_eq!(wrong("http://id.example/realms/a", true), 0);
        assert_eq!(wrong("file:///etc/passwd", true), 1);
        assert_eq!(wrong("id.example", true), 1);
    }

    #[test]
    fn discovery_is_below_the_issuer_unless_told() {
        let issuer = "https://id.example/".to_owned();
        let config = AuthConfig { issuer, ..AuthConfig::default() };
        assert_eq!(config.discovery().unwrap(), "https://id.example/.well-known/openid-configuration");
    }

    #[test]
    fn an_audience_with_dots_is_one_step() {
        let config = AuthConfig { audience: "api.example".to_owned(), ..AuthConfig::default() };
        assert!(config.role_paths().contains(&vec![
            "resource_access".to_owned(),
            "api.example".to_owned(),
            "roles".to_owned()
        ]));
    }
}
