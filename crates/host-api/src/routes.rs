use heimdall::routes::Routes;

use crate::api::Api;
use crate::discovery;
use crate::operations::operations;

/// The API's routes: its operations, and what describes its events.
pub fn routes(api: Api) -> Routes {
    let events = discovery::routes(&api.names);
    operations().with_state(api).merge(events)
}
