use crate::auth::{DevelopmentIssuer, PermissionTable};

/// Who grants what on the public listener.
#[derive(Default)]
pub(super) struct AccessRules {
    pub(super) roles: PermissionTable,
    pub(super) development: Option<DevelopmentIssuer>,
}
