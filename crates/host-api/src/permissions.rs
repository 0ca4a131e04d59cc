//! Who may do what: the permissions, and the roles that grant them. A scope or a role of a permission's own name grants it,
//! too.

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

/// The roles, each with what it grants.
///
/// ```
/// let reader = host_api::permissions::roles().find(|(role, _)| *role == "valkyrie-reader").map(|(_, granted)| granted);
/// assert!(reader.is_some_and(|granted| granted.contains(&"catalog:read") && !granted.contains(&"scaffold-tasks:write")));
/// ```
pub fn roles() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let roles: [(_, &'static [_]); 3] = [
        ("valkyrie-admin", &ALL),
        ("valkyrie-developer", &[TASKS_READ, TASKS_WRITE, TEMPLATES_READ, CATALOG_READ]),
        ("valkyrie-reader", &[TASKS_READ, TEMPLATES_READ, CATALOG_READ]),
    ];
    roles.into_iter().chain(ALL.iter().map(|permission| (*permission, std::slice::from_ref(permission))))
}
