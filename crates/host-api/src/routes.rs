use heimdall::routes::Routes;

use crate::api::Api;
use crate::operations::operations;

/// The API's routes.
pub fn routes(api: Api) -> Routes {
    operations().with_state(api)
}
