use heimdall::lifecycle::{CompositionError, Service};
use infrastructure::{Adapters, EventsConfig};

use crate::api::{Api, Names, UseCases};
use crate::description::DESCRIPTION;
use crate::routes::routes;
use crate::{permissions, problems};

/// Puts the API on a service's public listener. It is ready when the database is, which the adapters see to; the log may
/// be away, for requests only write to the database.
pub fn compose(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    let EventsConfig { topic, namespace, catalog_topic_prefix, catalog_group, source, .. } =
        service.config().section()?;
    let names = Names {
        task_topic: topic,
        task_namespace: namespace,
        task_source: source,
        catalog_topic_prefix,
        catalog_group,
        public_url: service.public_url()?,
    };
    let use_cases = UseCases {
        tasks: adapters.scaffold_tasks(),
        catalog: adapters.catalog(),
        decommissioning: adapters.decommissioning(),
        templates: adapters.templates.clone(),
        previews: adapters.previews(),
        fingerprints: adapters.fingerprints(),
    };
    service.routes(routes(Api::new(use_cases, names)));
    service.describe(DESCRIPTION);
    service.problems(&problems::OWN);
    for (role, granted) in permissions::roles() {
        service.role(role, granted);
    }
    Ok(())
}
