//! Who calls: bearer tokens, their verification, and the permissions they carry.

mod caller;
mod challenge;
mod permissions;

pub use caller::Caller;
pub use permissions::PermissionTable;
