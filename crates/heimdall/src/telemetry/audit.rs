use std::fmt;

use crate::excerpt::excerpt;

/// So many bytes are written of a target or a reason, in which there may be what a caller made up.
const LONGEST: usize = 512;

/// One line of the audit log: who did what to what, and how that ended. Every change and every refusal leaves one.
///
/// Lines have the target `audit` and are written whatever the filter of log lines says. They carry ids and names, never
/// contents or secrets.
///
/// ```
/// use heimdall::telemetry::{AuditLine, AuditOutcome};
///
/// AuditLine::new("https://issuer.example ann", "scaffold-task.cancel", "0197f1c2-…")
///     .outcome(AuditOutcome::Refused)
///     .reason("lacks the permission scaffold-tasks:write")
///     .write();
/// ```
#[derive(Debug, Clone)]
#[must_use = "an audit line is only there once it is written"]
pub struct AuditLine<'a> {
    actor: &'a str,
    action: &'a str,
    target: &'a str,
    outcome: AuditOutcome,
    reason: Option<&'a str>,
}

/// How an audited action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// The actor may not do it.
    Refused,
    /// It was allowed and went wrong.
    Failed,
}

impl fmt::Display for AuditOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        })
    }
}

impl<'a> AuditLine<'a> {
    /// That `actor` (issuer and subject, or a part of the system) did `action` (`thing.verb`) to `target` (an id).
    pub fn new(actor: &'a str, action: &'a str, target: &'a str) -> Self {
        Self { actor, action, target, outcome: AuditOutcome::Done, reason: None }
    }

    /// How it ended, if not well.
    pub fn outcome(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Why it ended so.
    pub fn reason(mut self, reason: &'a str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Writes the line, in the span and trace of the caller.
    pub fn write(self) {
        let Self { actor, action, target, outcome, reason } = self;
        let (target, reason) = (excerpt(target, LONGEST), reason.map(|reason| excerpt(reason, LONGEST)));
        let (object, reason) = (target.as_ref(), reason.as_deref());
        tracing::info!(target: "audit", actor, action, object, %outcome, reason, "{action} {outcome}");
    }
}
