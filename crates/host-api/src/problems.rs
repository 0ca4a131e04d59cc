//! The problems that only this API has, beside the foundation's own; each has a page at `/problems/<slug>`.

use axum::http::StatusCode;
use heimdall::http::ProblemType;

/// The status of a task does not allow what was asked.
pub const ILLEGAL_STATE: ProblemType = ProblemType {
    slug: "illegal-state",
    status: StatusCode::CONFLICT,
    title: "The task's status does not allow this",
    explanation: "A task can only be edited or queued while it is a draft, cancelled until it has ended, retried once it has \
         failed, and deleted unless a worker has it in hand.\n\n\
         `taskStatus` says how the task stands, `legalIn` lists the statuses in which the change would be legal, and \
         `legalChanges` what can be done with the task as it is now.",
};

/// Another task holds the service's name.
pub const NAME_TAKEN: ProblemType = ProblemType {
    slug: "name-taken",
    status: StatusCode::CONFLICT,
    title: "Another task holds this name",
    explanation: "One task at a time holds the name of a service. `holder` is the id of the task that does.\n\n\
         The name is free again once that task failed, was cancelled, deleted or decommissioned. Choose another name, or \
         come to an end with the holder first.",
};

/// Others keep changing the task.
pub const CONTENDED: ProblemType = ProblemType {
    slug: "contended",
    status: StatusCode::CONFLICT,
    title: "The task is being changed by others",
    explanation: "Others changed the task in the very moment of the request, so nothing was done. `Retry-After` says when to \
         try again.",
};

/// The task has no artifact to fetch.
pub const NO_ARTIFACT: ProblemType = ProblemType {
    slug: "no-artifact",
    status: StatusCode::NOT_FOUND,
    title: "There is no artifact",
    explanation: "The task is there, but has nothing to fetch: it has not completed, or its artifact has expired (the task's \
         `artifact.expiresAt` says when).\n\nRequest the service again to make a new one.",
};

/// A template can't be rendered with these parameters.
pub const TEMPLATE_FAILED: ProblemType = ProblemType {
    slug: "template-failed",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "The template fails with these parameters",
    explanation: "The parameters are what the template declares, and still one of its steps failed. `step` names the step, and \
         the detail says why: a task with these parameters would fail in the same way.\n\n\
         Mostly the template's author has to mend it.",
};

/// All problems that only this API has.
pub const OWN: [ProblemType; 5] = [ILLEGAL_STATE, NAME_TAKEN, CONTENDED, NO_ARTIFACT, TEMPLATE_FAILED];
