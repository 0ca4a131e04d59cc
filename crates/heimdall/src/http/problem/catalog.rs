use super::{ProblemType, kind};

/// All the problems a service can answer with. Each has a page at `/problems/<slug>`.
#[derive(Debug, Clone)]
pub struct ProblemCatalog {
    kinds: Vec<ProblemType>,
}

impl Default for ProblemCatalog {
    fn default() -> Self {
        Self { kinds: kind::ALL.to_vec() }
    }
}

impl ProblemCatalog {
    /// The foundation's problem types and the application's. One with a slug that is there already takes its place.
    pub fn new(application: &[ProblemType]) -> Self {
        let mut kinds = kind::ALL.to_vec();
        kinds.retain(|known| application.iter().all(|own| own.slug != known.slug));
        kinds.extend_from_slice(application);
        kinds.sort_by_key(|kind| (kind.status, kind.slug));
        // Two hosts of one process may share some.
        kinds.dedup_by_key(|kind| kind.slug);
        Self { kinds }
    }

    /// The types, ordered by status and slug.
    pub fn kinds(&self) -> &[ProblemType] {
        &self.kinds
    }

    /// The type with this slug.
    pub fn find(&self, slug: &str) -> Option<&ProblemType> {
        self.kinds.iter().find(|kind| kind.slug == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_addresses() {
        let catalog = ProblemCatalog::default();
        for kind in catalog.kinds() {
            assert_eq!(catalog.kinds().iter().filter(|other| other.slug == kind.slug).count(), 1);
            assert!(kind.slug.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", kind.slug);
            assert!(kind.status.is_client_error() || kind.status.is_server_error());
        }
    }
}
