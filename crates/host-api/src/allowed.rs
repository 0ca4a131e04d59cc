use std::marker::PhantomData;

use application::domain::Actor;
use application::ports::{Context, Viewer};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use heimdall::auth::Caller;
use heimdall::http::{Problem, RequestId};
use heimdall::telemetry::TraceContext;

use crate::permissions;

/// A permission as a type, so that a handler's signature says what it needs.
pub(crate) trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
}

macro_rules! permissions {
    ($($type:ident = $name:ident),*) => {
        $(pub(crate) struct $type;

        impl Permission for $type {
            const NAME: &'static str = permissions::$name;
        })*
    };
}

permissions! {
    ReadTasks = TASKS_READ, WriteTasks = TASKS_WRITE, ReadTemplates = TEMPLATES_READ, ReadCatalog = CATALOG_READ,
    AdminTasks = TASKS_ADMIN
}

/// A caller who may do `P`. It comes before the body among a handler's arguments: whoever may not do a thing is told
/// so, not what is wrong with the body.
pub(crate) struct Allowed<P> {
    caller: Caller,
    context: Context,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// Who is there, for the use cases that read.
    pub(crate) fn viewer(&self) -> Viewer {
        let Caller { issuer, subject, .. } = &self.caller;
        Viewer { actor: Actor::new(issuer, subject), sees_all: self.caller.has(permissions::TASKS_ADMIN) }
    }

    /// Who is there and as part of what, for the use cases that change something.
    pub(crate) fn asks(self) -> application::tasks::Caller {
        application::tasks::Caller { viewer: self.viewer(), context: self.context }
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for Allowed<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.require(P::NAME)?;
        Ok(Self { caller, context: context(parts), permission: PhantomData })
    }
}

/// What a change is part of: the request, whose id also names the conversation that begins with it.
fn context(parts: &Parts) -> Context {
    let request = parts.extensions.get::<RequestId>().map(ToString::to_string);
    let trace = TraceContext::current();
    Context {
        correlation_id: request.clone(),
        request,
        causation_id: None,
        traceparent: Some(trace.traceparent()),
        tracestate: trace.tracestate(),
    }
}
