use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::HttpMethod;

use super::known::KnownEvents;
use crate::{
    errors::with_causes,
    http::{FieldError, Json, Problem, RequestId, problem::kinds},
    lifecycle::{CompositionError, Service},
    messaging::{
        Cause, WorkFactory,
        envelope::EncodeError,
        log::{Log, Subscription},
        topics::DeclaredTopics,
        work::{NewEvent, WorkError},
    },
    routes::{Routes, permission},
};

/// Where a development instance takes events. Services that run otherwise have nothing there.
pub(super) const PATH: &str = "/dev/v1/events";
/// What it asks for.
pub(super) const PERMISSION: &str = "events:publish";

/// An event that somebody wants to see published.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct PublishRequest {
    /// What happened.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// What order is kept by.
    pub(super) key: String,
    /// Where it goes, unless only one topic carries the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// What it carries.
    pub(super) data: Value,
}

/// An event that stands in the outbox.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PublishedEvent {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) topic: String,
    pub(super) partitionkey: String,
}

struct Publisher {
    known: KnownEvents,
    topics: DeclaredTopics,
    subscriptions: Vec<Subscription>,
    log: Arc<dyn Log>,
    work: WorkFactory,
}

/// Serves the endpoint, once all else of the service is composed.
pub(in crate::program) async fn serve(service: &Service) -> Result<(), CompositionError> {
    let known = KnownEvents::of(service)?;
    if known.is_empty() {
        return Ok(());
    }
    let publisher = Publisher {
        known,
        topics: service.topics().clone(),
        subscriptions: service.messaging().subscriptions()?,
        log: service.log().await?,
        work: service.work().await?,
    };
    // The document is that of the service itself, which has no such route.
    let routes = Routes::new().undocumented(permission(PERMISSION), HttpMethod::Post, PATH, publish);
    service.routes(routes.with_state(Arc::new(publisher)));
    Ok(())
}

async fn publish(
    State(publisher): State<Arc<Publisher>>,
    request_id: RequestId,
    Json(request): Json<PublishRequest>,
) -> Result<Json<PublishedEvent>, Problem> {
    publisher.publish(&request_id, request).await.map(Json)
}

impl Publisher {
    async fn publish(&self, request_id: &RequestId, request: PublishRequest) -> Result<PublishedEvent, Problem> {
        let PublishRequest { kind, key, topic, data } = request;
        let declared: Vec<String> = self.topics.all().into_iter().map(|(name, _)| name).collect();
        let place = self.known.place(&kind, topic.as_deref(), &declared);
        let (topic, described) = place.map_err(|error| Problem::invalid([error]))?;
        if described.is_some() {
            let violations = self.known.violations(&kind, &data).map_err(|error| {
                tracing::error!(r#type = kind, %error, "The JSON Schema of a type of events can't be compiled");
                Problem::new(kinds::INTERNAL_ERROR)
            })?;
            let below = |error: FieldError| FieldError { pointer: format!("/data{}", error.pointer), ..error };
            if !violations.is_empty() {
                return Err(Problem::invalid(violations.into_iter().map(below)));
            }
        }
        self.make(&topic, &declared).await?;
        let mut work = self.work.begin(Cause::request(request_id.as_str())).await.map_err(problem)?;
        let source = described.and_then(|event| event.source.as_deref());
        let event = NewEvent { topic: &topic, key: &key, kind: &kind, source, has_schema: described.is_some(), data };
        let id = work.publish_new(event).map_err(problem)?;
        work.commit().await.map_err(problem)?;
        Ok(PublishedEvent { id, kind, topic, partitionkey: key })
    }

    /// Makes a topic that a pattern of the service means and that is not there yet: the outbox would wait for it.
    async fn make(&self, topic: &str, declared: &[String]) -> Result<(), Problem> {
        if declared.iter().any(|known| known == topic) {
            return Ok(());
        }
        let wanted = DeclaredTopics::default();
        wanted.topic(topic);
        let wanted = wanted.specs(&self.subscriptions).map_err(|error| {
            Problem::invalid([FieldError::new("/topic", with_causes(&error), "a name that a topic can have")])
        })?;
        self.log.apply_topics(&wanted).await.map_err(|error| Problem::internal(&error))?;
        self.topics.topic(topic);
        Ok(())
    }
}

/// What became of the unit of work. What can't be written is the caller's: type, key and data are.
fn problem(error: WorkError) -> Problem {
    let WorkError::Encode(EncodeError::Attribute(wrong)) = &error else { return error.into() };
    let pointer = match wrong.attribute.as_str() {
        "subject" | "partitionkey" => "/key",
        "type" => "/type",
        _ => return error.into(),
    };
    let expected = "text that is not empty and has no control characters";
    Problem::invalid([FieldError::new(pointer, wrong.problem.to_string(), expected)])
}
