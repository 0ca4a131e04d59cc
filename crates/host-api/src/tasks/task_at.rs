use application::domain::TaskId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use heimdall::http::{Path, Problem};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::api::Api;
use crate::caller::RequestedBy;

/// What each handler of one task is about: the task of the address, and who asks. It comes before the body among a handler's
/// arguments.
pub(super) struct TaskAt {
    pub(super) api: Api,
    pub(super) caller: application::tasks::Caller,
    pub(super) id: TaskId,
}

impl FromRequestParts<Api> for TaskAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let RequestedBy(caller) = RequestedBy::from_request_parts(parts, api).await?;
        let Path(Id(id)) = Path::from_request_parts(parts, api).await?;
        Ok(Self { api: api.clone(), caller, id })
    }
}

/// A task's id in an address. Text that is none names no task: 404.
struct Id(TaskId);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}
