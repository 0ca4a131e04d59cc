use serde_json::{Map, Value, json};

use super::{AsyncApi, Read};
use crate::messaging::topics::{EventDescription, dead_letter_topic, retry_topic};

/// The topics.
pub(super) fn channels(api: &AsyncApi) -> Value {
    let mut channels = Map::new();
    for topic in api.publishes.iter().filter(|topic| !topic.events.is_empty()) {
        let about = topic.description.clone().unwrap_or_else(|| format!("What `{}` publishes.", api.name));
        channels.insert(id(&topic.topic), channel(&topic.topic, &about, &references(&topic.events), None));
    }
    for read in &api.reads {
        let address = read.address();
        let messages = references(&read.events);
        let parameters = parameters(read);
        let about = format!("What `{}` reads as the group `{}`.", api.name, read.group);
        let entry = channels
            .entry(id(&address))
            .or_insert_with(|| channel(&address, &about, &Value::Object(Map::new()), parameters.as_ref()));
        // Others may read it too, or this service publishes to it: the channel has the messages of all.
        if let (Some(there), Some(messages)) = (entry["messages"].as_object_mut(), messages.as_object()) {
            there.extend(messages.clone());
        }
        let retry = retry_topic(&address, &read.group);
        let about = "Made for the group, and empty: what fails is tried again in its place, so that the order of its key stays.";
        channels.insert(id(&retry), channel(&retry, about, &messages, parameters.as_ref()));
        let parked = dead_letter_topic(&address, &read.group);
        let about =
            "Records that can't be handled, or can't even be read: as they came, with the reason in the headers.";
        let letter = json!({"dead-letter": {"$ref": "#/components/messages/dead-letter"}});
        channels.insert(id(&parked), channel(&parked, about, &letter, parameters.as_ref()));
    }
    Value::Object(channels)
}

/// What is done on the topics.
pub(super) fn operations(api: &AsyncApi) -> Value {
    let mut operations = Map::new();
    for topic in api.publishes.iter().filter(|topic| !topic.events.is_empty()) {
        let channel = id(&topic.topic);
        let about = topic.description.clone().unwrap_or_else(|| format!("Publishes to {}.", topic.topic));
        let messages = on(&channel, &topic.events);
        operations.insert(format!("publish.{channel}"), operation("send", &channel, &about, &messages));
    }
    for read in &api.reads {
        let channel = id(&read.address());
        let summary = read.summary.as_deref().unwrap_or("Handles these events.");
        let mut reads = operation("receive", &channel, summary, &on(&channel, &read.events));
        let group = json!({"type": "string", "const": read.group});
        reads["bindings"] = json!({"kafka": {"groupId": group, "bindingVersion": "0.5.0"}});
        operations.insert(format!("read.{channel}.{}", read.group), reads);
        let parked = id(&dead_letter_topic(&read.address(), &read.group));
        let letter = json!([{"$ref": format!("#/channels/{parked}/messages/dead-letter")}]);
        let parks = operation("send", &parked, "Parks a record that can't be handled.", &letter);
        operations.insert(format!("park.{channel}.{}", read.group), parks);
    }
    Value::Object(operations)
}

/// What a topic's address is called in the document: without the braces of its parameter.
fn id(address: &str) -> String {
    address.replace(['{', '}'], "")
}

fn channel(address: &str, about: &str, messages: &Value, parameters: Option<&Value>) -> Value {
    let mut channel = json!({"address": address, "title": id(address), "description": about, "messages": messages});
    if let Some(parameters) = parameters {
        channel["parameters"] = parameters.clone();
    }
    channel
}

fn parameters(read: &Read) -> Option<Value> {
    if !read.pattern.contains('*') {
        return None;
    }
    Some(match &read.parameter {
        Some(about) => json!({&about.name: {"description": about.description, "examples": about.examples}}),
        None => json!({"segment": {"description": "One segment of the topic's name. New topics are noticed."}}),
    })
}

fn references(events: &[EventDescription]) -> Value {
    let reference = |event: &EventDescription| {
        (event.kind.to_string(), json!({"$ref": format!("#/components/messages/{}", event.kind)}))
    };
    Value::Object(events.iter().map(reference).collect())
}

fn on(channel: &str, events: &[EventDescription]) -> Value {
    let reference = |event: &EventDescription| json!({"$ref": format!("#/channels/{channel}/messages/{}", event.kind)});
    events.iter().map(reference).collect()
}

fn operation(action: &str, channel: &str, summary: &str, messages: &Value) -> Value {
    json!({
        "action": action,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "summary": summary,
        "messages": messages,
    })
}
