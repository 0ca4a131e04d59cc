//! The host: it puts the service together. `main` runs it, and so do the tests.

mod api;
mod topics;

use heimdall::auth::PermissionTable;
use heimdall::lifecycle::{CompositionError, Service};
use heimdall::messaging::log::Subscription;
use infrastructure::{Intake, MIGRATIONS, Tallies};

pub use topics::Topics;

/// The service's name: its file is `${{ values.name }}.toml`, its variables start with `${{ values.variables }}__`.
pub const NAME: &str = "${{ values.name }}";

/// The consumer group.
const GROUP: &str = NAME;

/// Puts the service together.
pub async fn compose(service: &Service) -> Result<(), CompositionError> {
    let topics: Topics = service.config().section()?;
    let database = service.database().await?;
    service.migrate(MIGRATIONS).await?;
    topics.provide(service, GROUP).await?;

    service.permissions(PermissionTable::new(&[api::READ]));
    service.serve(api::routes(Tallies::new(database)));

    let input = topics.input.parse().map_err(CompositionError::other)?;
    let subscription = Subscription::new(GROUP, [input]).map_err(CompositionError::other)?;
    service.consume(subscription, Intake::new(service.clock(), service.ids(), topics.output)).await?;
    service.relay().await?;
    Ok(())
}
