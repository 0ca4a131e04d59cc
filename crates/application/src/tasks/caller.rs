use crate::ports::{Context, Viewer};

/// Who asks, and as part of what.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person or program, and whether others' tasks are theirs to see and change.
    pub viewer: Viewer,
    /// The request that this is part of.
    pub context: Context,
}
