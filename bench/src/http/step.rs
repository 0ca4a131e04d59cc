//! The parts of heimdall's HTTP stack, each on top of those before it.

use serde::{Deserialize, Serialize};

/// How much of the stack a server has: a step has all that those before it have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Bare,
    Layers,
    Metrics,
    Spans,
    Tokens,
    Service,
}

impl Step {
    /// From nothing to everything.
    pub(super) const ALL: [Self; 6] =
        [Self::Bare, Self::Layers, Self::Metrics, Self::Spans, Self::Tokens, Self::Service];

    /// What it adds to the step before it.
    pub(super) fn adds(self) -> &'static str {
        match self {
            Self::Bare => "bare axum",
            Self::Layers => "request id, headers, deadline, panics",
            Self::Metrics => "metrics",
            Self::Spans => "span",
            Self::Tokens => "requests in flight, remembered token, permission",
            Self::Service => "connection loop, readiness",
        }
    }

    /// Whether this step has what `part` adds.
    pub(super) fn has(self, part: Self) -> bool {
        self as usize >= part as usize
    }
}
