use std::collections::{BTreeMap, BTreeSet};

/// The application's table: what permissions there are, and which roles grant them. A scope of the same name grants a
/// permission, too. The rules of a service's routes name the permissions; [`Service::role`](crate::lifecycle::Service::role)
/// adds the roles.
///
/// ```
/// use heimdall::auth::PermissionTable;
///
/// let table = PermissionTable::new(["things:read", "things:write"])
///     .role("editor", &["things:read", "things:write"]);
/// assert!(table.granted(["things:read", "openid"], []).contains("things:read"));
/// assert_eq!(table.granted([], ["editor"]).len(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct PermissionTable {
    permissions: BTreeSet<String>,
    roles: BTreeMap<String, BTreeSet<String>>,
}

impl PermissionTable {
    /// The permissions there are. No role grants any yet.
    pub fn new<'a>(permissions: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().with(permissions)
    }

    /// Adds permissions.
    #[must_use]
    pub fn with<'a>(mut self, permissions: impl IntoIterator<Item = &'a str>) -> Self {
        self.permissions.extend(permissions.into_iter().map(str::to_owned));
        self
    }

    /// Adds what a role grants. A role that is named again grants both.
    #[must_use]
    pub fn role(mut self, role: &str, permissions: &[&str]) -> Self {
        let granted = permissions.iter().map(ToString::to_string);
        self.permissions.extend(granted.clone());
        self.roles.entry(role.to_owned()).or_default().extend(granted);
        self
    }

    /// The permissions there are.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.permissions.iter().map(String::as_str)
    }

    /// What scopes and roles grant together. Names that the table does not know grant nothing.
    pub fn granted<'a>(
        &self,
        scopes: impl IntoIterator<Item = &'a str>,
        roles: impl IntoIterator<Item = &'a str>,
    ) -> BTreeSet<String> {
        let by_scope = scopes.into_iter().filter_map(|scope| self.permissions.get(scope));
        let by_role = roles.into_iter().filter_map(|role| self.roles.get(role)).flatten();
        by_scope.chain(by_role).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_grant_nothing() {
        let table = PermissionTable::new(["a:read"]).role("boss", &["a:write"]).role("boss", &["a:read"]);
        assert!(table.granted(["*", "a:*", ""], ["a:read", "Boss"]).is_empty());
        assert_eq!(table.granted(["a:write"], []).len(), 1, "a scope grants what only roles were listed for");
        assert_eq!(table.granted([], ["boss"]).len(), 2);
    }
}
