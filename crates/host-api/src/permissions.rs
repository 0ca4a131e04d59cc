//! Who may do what: the one table of permissions and the roles that grant them. A scope or a role of a permission's own
//! name grants it, too.

use heimdall::auth::PermissionTable;

/// See one's own tasks, their history, logs and artifacts.
pub const TASKS_READ: &str = "scaffold-tasks:read";
/// Request and change one's own tasks.
pub const TASKS_WRITE: &str = "scaffold-tasks:write";
/// Do with others' tasks what one may do with one's own.
pub const TASKS_ADMIN: &str = "scaffold-tasks:admin";
/// See templates and try them out.
pub const TEMPLATES_READ: &str = "templates:read";
/// See the catalog's entities.
pub const CATALOG_READ: &str = "catalog:read";
/// See, mend, replay and discard dead letters.
pub const DEAD_LETTERS_MANAGE: &str = "dead-letters:manage";

/// All permissions.
pub const ALL: [&str; 6] = [TASKS_READ, TASKS_WRITE, TASKS_ADMIN, TEMPLATES_READ, CATALOG_READ, DEAD_LETTERS_MANAGE];

/// The table.
///
/// ```
/// let granted = host_api::permissions::table().granted([], ["valkyrie-reader"]);
/// assert!(granted.contains("catalog:read") && !granted.contains("scaffold-tasks:write"));
/// ```
pub fn table() -> PermissionTable {
    let table = PermissionTable::new(&ALL)
        .role("valkyrie-admin", &ALL)
        .role("valkyrie-developer", &[TASKS_READ, TASKS_WRITE, TEMPLATES_READ, CATALOG_READ])
        .role("valkyrie-reader", &[TASKS_READ, TEMPLATES_READ, CATALOG_READ]);
    ALL.into_iter().fold(table, |table, permission| table.role(permission, &[permission]))
}
