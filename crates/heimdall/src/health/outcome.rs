use std::error::Error;

/// What a check says: well, or why not.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;
