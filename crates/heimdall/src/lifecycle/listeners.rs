use super::{CompositionError, Service};
use crate::{
    health,
    routes::{HttpMethod, Routes, public},
    server::BoundListener,
};

/// Opens the public listener (if anything is to be served there) and the admin listener (unless it is shared with the
/// public one).
pub(super) fn open(service: &Service, shared: bool) -> Result<[Option<BoundListener>; 2], CompositionError> {
    let api = service.api().clone();
    // Without routes there is no public listener, and nobody to show events to.
    let api = if api.is_empty() { api } else { api.events(service.asyncapi()?) };
    let api = api.into_routes();
    let operations = health::routes(service.health(), true).merge(metrics(service));
    let (mut admin, mut public) = (service.admin(), service.public());
    let open = if shared {
        public.serve(admin.take_routes());
        Some(api.merge(operations))
    } else {
        admin.serve(operations.into_router()?);
        Some(api).filter(|api| !api.is_empty()).map(|api| api.merge(health::routes(service.health(), false)))
    };
    let layers = match open {
        Some(routes) => {
            let layers = service.public_layers(&routes)?;
            public.serve(routes.into_router()?);
            Some(layers)
        }
        None => None,
    };
    let config = service.config();
    let public = public.take(config)?.zip(layers).map(|(bound, layers)| bound.inside(layers));
    Ok([public, admin.take(config)?.map(|bound| bound.inside(service.admin_layers()))])
}

/// `/metrics`. Scrapers have no token.
fn metrics(service: &Service) -> Routes {
    let metrics = service.metrics().clone();
    let handler = move || async move { metrics.response() };
    Routes::new().undocumented(public(), HttpMethod::Get, "/metrics", handler)
}
