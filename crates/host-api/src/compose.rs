//! Puts the API on a service.

use application::{Clock, Ids};
use heimdall::lifecycle::{CompositionError, Service};
use infrastructure::{Adapters, EventsConfig};

use crate::{Api, Names, PUBLIC, Ports, permissions, routes};

/// Serves the API on the service's public listener.
pub fn compose(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    let ports = Ports {
        store: adapters.store.clone(),
        queries: adapters.queries.clone(),
        artifacts: adapters.artifacts.clone(),
        catalog: adapters.catalog.clone(),
        templates: adapters.templates.clone(),
    };
    let events: EventsConfig = service.config().section()?;
    let names = Names {
        task_topic: events.topic,
        task_namespace: events.namespace,
        task_source: events.source,
        catalog_topic_prefix: events.catalog_topic_prefix,
        public_url: service.public_url()?,
    };
    let (clock, ids) = (service.clock(), service.ids());
    let api = Api::new(ports, Clock::new(move || clock.now()), Ids::new(move || ids.next()), names);
    service.permissions(permissions::table());
    service.public_paths(&PUBLIC);
    service.serve(routes(api));
    Ok(())
}
