//! Who may see which tasks: the one place where queries get it from.

use application::ports::Viewer;
use heimdall::database::Filter;

/// The tasks that the viewer may see, deleted ones included.
pub(super) fn visible(viewer: &Viewer) -> Filter {
    if viewer.sees_all {
        return Filter::new();
    }
    Filter::new()
        .equals("created_by_issuer", viewer.actor.issuer.as_str())
        .equals("created_by_subject", viewer.actor.subject.as_str())
}

/// The tasks that the viewer may see and that are not deleted.
pub(super) fn existing(viewer: &Viewer) -> Filter {
    visible(viewer).raw("deleted_at IS NULL")
}
