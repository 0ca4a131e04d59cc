//! The unit of work: one transaction that knows its context.

mod cause;
mod error;
mod factory;
mod settings;
mod unit;

pub use self::cause::Cause;
pub use self::error::WorkError;
pub use self::factory::WorkFactory;
pub use self::settings::WorkSettings;
pub(crate) use self::unit::NewEvent;
pub use self::unit::Work;
