use super::{CompositionError, Service};
use crate::{health, server::BoundListener};

/// Opens the public listener (if anything is to be served there) and the admin listener (unless it is shared with the
/// public one).
pub(super) fn open(service: &Service, shared: bool) -> Result<[Option<BoundListener>; 2], CompositionError> {
    let health = service.health();
    let operations = health::routes(health, true).merge(service.metrics().routes());
    let mut admin = service.admin();
    admin.serve(operations);
    let mut public = service.public();
    if shared {
        public.serve(admin.take_routes());
    } else if public.is_used() {
        public.serve(health::routes(health, false));
    }
    let config = service.config();
    let public = public.take(config)?;
    let public = public.map(|bound| Ok::<_, CompositionError>(bound.inside(service.public_layers()?))).transpose()?;
    Ok([public, admin.take(config)?.map(|bound| bound.inside(service.admin_layers()))])
}
