use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Method;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Metadata, Subscriber};

use crate::world::{TASKS, World, id, order, path};

/// Remembers audit lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<Line>>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "audit"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Debug, Default)]
struct Line {
    action: String,
    object: String,
    outcome: String,
    reason: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let text = format!("{value:?}").trim_matches('"').to_owned();
        match field.name() {
            "action" => self.action = text,
            "object" => self.object = text,
            "outcome" => self.outcome = text,
            "reason" => self.reason = text,
            _ => {}
        }
    }
}

#[tokio::test]
async fn each_change_and_each_refusal_leaves_a_line() {
    let world = World::start().await;
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let (ada, bob) = (world.as_("ada"), world.as_("bob"));

    let task = ada.draft("payments").await;
    ada.post(TASKS, &order("payments")).await.refused(409, "name-taken");
    ada.patch(&path(&task), "\"7\"", &json!({})).await.refused(412, "precondition-failed");
    ada.get(&path(&task)).await.ok();
    bob.get(&path(&task)).await.refused(404, "not-found");
    bob.delete(&path(&task), "*").await.refused(404, "not-found");
    ada.ask(&format!("{}/queue", path(&task))).await.ok();
    ada.ask(&format!("{}/retry", path(&task))).await.refused(409, "illegal-state");
    ada.delete(&path(&task), "*").await;
    world.with("eve", "openid").ask(&format!("{}/cancel", path(&task))).await.refused(403, "forbidden");
    world.nobody().get(TASKS).await.refused(401, "unauthenticated");

    let id = id(&task);
    let expected = [
        format!("scaffold-task.request {id} done"),
        "scaffold-task.request  refused".to_owned(),
        format!("scaffold-task.edit {id} refused"),
        format!("scaffold-task.read {id} refused"),
        format!("scaffold-task.delete {id} refused"),
        format!("scaffold-task.queue {id} done"),
        format!("scaffold-task.retry {id} refused"),
        format!("scaffold-task.delete {id} done"),
    ];
    let seen = lines.0.lock().unwrap();
    let said: Vec<_> = seen
        .iter()
        .take(8)
        .map(|Line { action, object, outcome, .. }| format!("{action} {object} {outcome}"))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(seen.len(), 10, "and one each for the missing permission and the missing token: {seen:?}");
}

#[tokio::test]
async fn what_was_given_is_repeated_to_nobody_at_any_length() {
    let world = World::start().await;
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let ada = world.as_("ada");

    let long = "A".repeat(900_000);
    let answer = ada.post(TASKS, &order(&long)).await;
    assert_eq!(answer.wrong(422, "invalid-request"), ["/parameters/name"]);
    assert!(answer.body.len() < 2_000, "{} bytes", answer.body.len());
    let answer = ada.get(&format!("{TASKS}/{}", &long[..60_000])).await;
    answer.refused(404, "not-found");
    assert!(answer.body.len() < 2_000, "{} bytes", answer.body.len());
    let media = format!("text/{}", &long[..60_000]);
    let answer = ada.send(Method::POST, TASKS, &[("content-type", &media)], Body::empty()).await;
    answer.refused(415, "unsupported-media-type");
    assert!(answer.body.len() < 2_000, "{} bytes", answer.body.len());

    let seen = lines.0.lock().unwrap();
    assert_eq!(seen.len(), 3, "{seen:?}");
    for Line { action, object, reason, .. } in seen.iter() {
        assert!(object.len() + reason.len() < 1_200, "{action}: {} and {} bytes", object.len(), reason.len());
    }
}
