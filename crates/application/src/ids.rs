use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

/// Where new identities come from; a parameter, so that tests can foresee them.
///
/// ```
/// # use uuid::Uuid;
/// let ids = application::Ids::new(|| Uuid::nil());
/// assert_eq!(ids.next(), Uuid::nil());
/// ```
#[derive(Clone)]
pub struct Ids(Arc<dyn Fn() -> Uuid + Send + Sync>);

impl Ids {
    /// Identities that `next` makes; they must sort by age (`UUIDv7`).
    pub fn new(next: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    /// A new identity.
    pub fn next(&self) -> Uuid {
        (self.0)()
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}
