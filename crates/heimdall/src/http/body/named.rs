use std::collections::HashSet;

use super::MAX_ERRORS;
use crate::http::FieldError;

/// Errors, each named once, and no more than one answer names. What is over is not even made: whoever sends many
/// errors decides how much work they are.
#[derive(Default)]
pub(super) struct Named {
    errors: Vec<FieldError>,
    seen: HashSet<FieldError>,
}

impl Named {
    /// Whether more errors would be dropped.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    /// Takes what is new, and stops asking for more when it is full.
    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        let mut errors = errors.into_iter();
        while !self.is_full() {
            let Some(error) = errors.next() else { return };
            if self.seen.insert(error.clone()) {
                self.errors.push(error);
            }
        }
    }

    /// The errors, in the order they were found in.
    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_errors_are_made_than_are_named() {
        let (mut named, mut made) = (Named::default(), 0);
        named.extend((0..80_000).map(|number| {
            made += 1;
            // Each comes twice.
            FieldError::new(format!("/{}", number / 2), "is unknown", "")
        }));
        assert!(made <= 2 * MAX_ERRORS, "{made}");
        assert!(named.is_full());
        let errors = named.into_errors();
        assert_eq!((errors.len(), errors[1].pointer.as_str()), (MAX_ERRORS, "/1"));
    }
}
