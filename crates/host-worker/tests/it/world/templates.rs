use std::sync::{Arc, Mutex};

use application::domain::{JsonObject, TemplateVersion};
use application::ports::{
    Accepted, Outcome, Scaffolding, ScaffoldingError, StepError, StepInfo, StepReport, Template, Templates, Values,
    Violation,
};
use serde_json::json;

use super::Gate;

/// What a task does when it is run. Each variant has one step called `work` but for what is said.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Works.
    Fine,
    /// Two steps, `first` and `second`; the first waits at the gate.
    Waits(Gate),
    /// Fails, in a way that may be better another time.
    Fails,
    /// Breaks down, quoting a secret.
    Panics,
    /// Breaks down while it is opened.
    PanicsAtOnce,
}

/// One template called `fake`, whose parameter `behaviour` is the number of a behaviour.
#[derive(Debug, Default)]
pub(crate) struct FakeTemplates {
    behaviours: Mutex<Vec<Behaviour>>,
    steps: Arc<Mutex<Vec<String>>>,
}

impl FakeTemplates {
    /// Keeps a behaviour, and says its number.
    pub(crate) fn keep(&self, behaviour: Behaviour) -> usize {
        let mut behaviours = self.behaviours.lock().unwrap();
        behaviours.push(behaviour);
        behaviours.len() - 1
    }

    /// Every step that came to its end, as `task step`.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.steps.lock().unwrap().clone()
    }
}

impl Templates for FakeTemplates {
    fn list(&self) -> Vec<Arc<Template>> {
        self.find("fake").into_iter().collect()
    }

    fn find(&self, name: &str) -> Option<Arc<Template>> {
        (name == "fake").then(|| {
            let version = TemplateVersion { name: "fake".into(), version: "1".into(), digest: "d".into() };
            Arc::new(Template {
                version,
                title: "Fake".into(),
                description: String::new(),
                owner: None,
                kind: "service".into(),
                tags: Vec::new(),
                parameters: json!({"type": "object"}),
            })
        })
    }

    fn accept(&self, _: &Template, given: JsonObject) -> Result<Accepted, Vec<Violation>> {
        Ok(Accepted { parameters: given, secrets: JsonObject::new() })
    }

    fn open(&self, _: &TemplateVersion, values: Values) -> Result<Box<dyn Scaffolding>, ScaffoldingError> {
        let number = values.parameters["behaviour"].as_u64().unwrap();
        let behaviour = self.behaviours.lock().unwrap()[usize::try_from(number).unwrap()].clone();
        assert!(!matches!(behaviour, Behaviour::PanicsAtOnce), "hunter2");
        let task = values.task.unwrap().to_string();
        Ok(Box::new(FakeScaffolding { task, behaviour, done: self.steps.clone() }))
    }
}

struct FakeScaffolding {
    task: String,
    behaviour: Behaviour,
    done: Arc<Mutex<Vec<String>>>,
}

impl Scaffolding for FakeScaffolding {
    fn steps(&self) -> Vec<StepInfo> {
        let ids: &[&str] = if matches!(self.behaviour, Behaviour::Waits(_)) { &["first", "second"] } else { &["work"] };
        ids.iter().map(|id| StepInfo { id: (*id).into(), name: "A step".into(), action: "fake:step".into() }).collect()
    }

    fn run(&mut self, index: usize) -> Result<StepReport, StepError> {
        match &self.behaviour {
            Behaviour::Waits(gate) if index == 0 => gate.pass(),
            Behaviour::Fails => return Err(StepError { message: "no luck today".into(), retryable: true }),
            Behaviour::Panics => panic!("the token is hunter2"),
            _ => {}
        }
        self.done.lock().unwrap().push(format!("{} {}", self.task, self.steps()[index].id));
        Ok(StepReport { lines: vec![format!("did step {index}")] })
    }

    fn finish(self: Box<Self>) -> Result<Outcome, StepError> {
        let entity = json!({"kind": "Component", "metadata": {"name": format!("c-{}", self.task)}});
        Ok(Outcome { files: Vec::new(), entities: vec![entity], archive: self.task.into_bytes() })
    }
}
