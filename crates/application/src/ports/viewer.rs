use domain::Actor;

/// Who asks for tasks, and which of them are there for that person or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person or program.
    pub actor: Actor,
    /// Whether others' tasks may be seen, too.
    pub sees_all: bool,
}

impl Viewer {
    /// A part of Valkyrie itself, such as a worker: it sees all tasks.
    ///
    /// ```
    /// # use application::ports::Viewer;
    /// let worker = Viewer::system("worker");
    /// assert!(worker.sees_all);
    /// assert_eq!(worker.actor.to_string(), "valkyrie#worker");
    /// ```
    pub fn system(part: &str) -> Self {
        Self { actor: Actor::system(part), sees_all: true }
    }
}
