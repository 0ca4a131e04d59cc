use crate::messaging::kafka::error::Failure;

/// What became of a record; `None` as long as nobody knows.
pub(super) type Outcome = Option<Result<(), Failure>>;
