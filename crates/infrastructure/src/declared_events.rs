//! What Valkyrie says on topics and listens to, as the foundation knows it.

use application::events::{EventSubject, IntegrationEvent};
use heimdall::lifecycle::{CompositionError, Service};
use heimdall::messaging::topics::EventDescription;

use crate::EventsConfig;

/// The kinds of entities that are examples of what a catalog topic's last word can be.
const KINDS: [&str; 9] = ["component", "api", "resource", "system", "domain", "group", "user", "location", "template"];

/// Says which integration events are on which topics: those that are published, and those that the worker reads. Every
/// host does so, since every host shows them. How the topics should be is the worker's to declare.
pub fn declare_events(service: &Service) -> Result<(), CompositionError> {
    let config: EventsConfig = service.config().section()?;
    let mut tasks = service
        .topic_elsewhere(&config.topic)
        .describe("What happens to scaffold tasks. The key of a record is the task's id.");
    for event in IntegrationEvent::ALL.iter().filter(|event| is_of_task(**event)) {
        tasks = tasks.carries_event(described(*event, &config));
    }
    let catalog = format!("{}*", config.catalog_topic_prefix);
    let about = "The kind of the entities, in lower case. Topics of new kinds are noticed.";
    service
        .on_elsewhere(catalog, catalog_events(&config))
        .group(config.catalog_group)
        .parameter("kind", about, &KINDS)
        .summary("Follows the catalog, to show it and to notice services that are gone.");
    Ok(())
}

/// What is said of the catalog's events.
fn catalog_events(config: &EventsConfig) -> Vec<EventDescription> {
    let events = IntegrationEvent::ALL.iter().filter(|event| !is_of_task(**event));
    events.map(|event| described(*event, config)).collect()
}

fn is_of_task(event: IntegrationEvent) -> bool {
    matches!(event.describe().subject, EventSubject::Task { .. })
}

fn described(event: IntegrationEvent, config: &EventsConfig) -> EventDescription {
    let schema = move |generator: &mut schemars::SchemaGenerator| {
        schemars::Schema::try_from(event.schema(generator)).unwrap_or_default()
    };
    let mut described = EventDescription::new(event.type_in(&config.namespace), schema);
    let example = event.example();
    let text = |pointer: &str| example.pointer(pointer).and_then(serde_json::Value::as_str).map(str::to_owned);
    let (key, source, example_key) = if is_of_task(event) {
        ("The task's id", config.source.clone(), text("/task/id"))
    } else {
        ("The entity's reference, in lower case", "/backstage/catalog".to_owned(), text("/entityRef"))
    };
    described.summary = Some(event.describe().summary.into());
    described.key = Some(key.into());
    described.source = Some(source.into());
    described.example_key = example_key.map(Into::into);
    described.example = Some(example);
    described
}
