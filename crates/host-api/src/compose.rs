use heimdall::lifecycle::{CompositionError, Service};
use infrastructure::{Adapters, EventsConfig, declare_events};

use crate::api::{Api, UseCases};
use crate::description::DESCRIPTION;
use crate::routes::routes;
use crate::{permissions, problems};

/// Puts the API on a service's public listener. It is ready when the database is, which the adapters see to; the log may
/// be away, for requests only write to the database.
pub fn compose(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    describe(service)?;
    let EventsConfig { namespace, .. } = service.config().section()?;
    let use_cases = UseCases {
        tasks: adapters.scaffold_tasks(),
        catalog: adapters.catalog(),
        decommissioning: adapters.decommissioning(),
        templates: adapters.templates.clone(),
        previews: adapters.previews(),
        fingerprints: adapters.fingerprints(),
    };
    service.routes(routes(Api::new(use_cases, &namespace)));
    service.problems(&problems::OWN);
    for (role, granted) in permissions::roles() {
        service.role(role, granted);
    }
    Ok(())
}

/// Says what the API is, and which events go with it, without anything that it works with.
pub fn describe(service: &Service) -> Result<(), CompositionError> {
    service.describe(DESCRIPTION);
    declare_events(service)
}
