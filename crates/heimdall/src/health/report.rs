use serde::Serialize;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Does it run, or would only a restart help?
    Liveness,
    /// Should it get work now?
    Readiness,
    /// Has it started?
    Startup,
}

/// The answer to a probe.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// A word: `alive` or `stuck`, `ready` or `not ready`, `started` or `starting`.
    pub status: &'static str,
    #[serde(skip)]
    well: bool,
    /// Everything that was asked.
    pub checks: Vec<Part>,
}

/// One check's part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The check's name.
    pub name: String,
    /// Whether it decides the answer.
    pub required: bool,
    /// How it is.
    pub state: State,
    /// Why it is not well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Well.
    Ok,
    /// Not done yet.
    Waiting,
    /// Not well.
    Failed,
}

impl Report {
    pub(super) fn new(probe: Probe, checks: Vec<Part>) -> Self {
        let well = checks.iter().all(|part| part.state == State::Ok || !part.required);
        let status = match (probe, well) {
            (Probe::Liveness, true) => "alive",
            (Probe::Liveness, false) => "stuck",
            (Probe::Readiness, true) => "ready",
            (Probe::Readiness, false) => "not ready",
            (Probe::Startup, true) => "started",
            (Probe::Startup, false) => "starting",
        };
        Self { status, well, checks }
    }

    /// Whether all that is required is well.
    pub fn is_well(&self) -> bool {
        self.well
    }
}
