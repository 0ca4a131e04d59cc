use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use heimdall::ids::{Ids as _, TimeOrderedIds};
use heimdall::messaging::envelope::CloudEvent;
use heimdall::messaging::log::{Log, Subscription};
use tokio::time::timeout_at;

use crate::client::{Client, NEVER};

/// The topic of task events, as any consumer sees it.
pub(crate) struct Topic {
    pub(crate) log: Arc<dyn Log>,
    /// Whether an event may stand there twice (with one id), as at-least-once allows.
    pub(crate) may_repeat: bool,
}

impl Topic {
    /// Reads the topic from its beginning until every task is completed there, and compares it with the tasks' histories.
    pub(crate) async fn holds_the_whole_story_of(&self, ids: &[String], client: &Client) {
        let group = format!("check-{}", TimeOrderedIds.next().simple());
        let subscription = Subscription::new(group, ["midgard.scaffold-task".parse().unwrap()]).unwrap();
        let mut subscriber = self.log.subscribe(&subscription).await.unwrap();
        let deadline = tokio::time::Instant::from_std(Instant::now() + NEVER);
        let mut seen: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let mut open = ids.len();
        while open > 0 {
            let record = timeout_at(deadline, subscriber.next()).await;
            let record =
                record.unwrap_or_else(|_| panic!("{open} of {} tasks are not completed on the topic", ids.len()));
            let record = record.unwrap();
            let event = CloudEvent::decode(&record).unwrap();
            let key = String::from_utf8(record.key.unwrap().to_vec()).unwrap();
            if !ids.contains(&key) {
                continue;
            }
            let story = seen.entry(key).or_default();
            let line = (event.id, event.kind);
            if story.contains(&line) {
                assert!(self.may_repeat, "{line:?} is there twice");
                continue;
            }
            open -= usize::from(line.1.ends_with(".completed.v1"));
            story.push(line);
        }
        subscriber.close().await.unwrap();
        let wanted =
            ["created", "queued", "started", "completed"].map(|name| format!("midgard.scaffold-task.{name}.v1"));
        for id in ids {
            let kinds: Vec<&String> = seen[id].iter().map(|(_, kind)| kind).collect();
            assert_eq!(kinds, wanted.iter().collect::<Vec<_>>(), "{id}");
            assert_eq!(seen[id], client.history(id).await, "{id}");
        }
    }
}
