//! What tests and people are told about the servers that run.

use std::collections::BTreeMap;

use super::keycloak::ADMINISTRATOR;
use super::service::Service;
use super::tools::quoted;

/// The variables that describe a server at this address, by name and value.
pub(super) fn variables(service: Service, address: &str, ours: bool) -> BTreeMap<&'static str, String> {
    let mut variables = BTreeMap::from([(service.variable(), address.to_owned())]);
    // Somebody else's Keycloak has secrets of its own, which they have in their environment already.
    if service == Service::Keycloak && ours {
        variables.extend([
            ("VALKYRIE_TEST_KEYCLOAK_CLIENT_ID", "valkyrie-ci".to_owned()),
            ("VALKYRIE_TEST_KEYCLOAK_CLIENT_SECRET", "valkyrie-ci-secret".to_owned()),
            ("VALKYRIE_TEST_KEYCLOAK_ADMIN", ADMINISTRATOR.to_owned()),
            ("VALKYRIE_TEST_KEYCLOAK_ADMIN_PASSWORD", ADMINISTRATOR.to_owned()),
        ]);
    }
    variables
}

/// Lines that a shell can evaluate.
pub(super) fn shell(variables: &BTreeMap<&'static str, String>) -> String {
    let lines: Vec<String> =
        variables.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value))).collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_hold_anything() {
        assert_eq!(shell(&BTreeMap::from([("A", "it's".to_owned())])), "export A='it'\\''s'\n");
    }
}
