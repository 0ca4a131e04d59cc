//! Keys as they are written, and the nearest of those that exist.

/// The parts of a dotted key.
pub(super) fn split(key: &str) -> Vec<String> {
    key.split('.').map(str::to_owned).collect()
}

/// A key as it is written: its parts joined by dots, those that hold dots themselves in quotes.
pub(super) fn join<'p>(path: impl IntoIterator<Item = &'p str>) -> String {
    let quoted = |part: &str| {
        if part.contains('.') { format!("{part:?}") } else { part.to_owned() }
    };
    path.into_iter().map(quoted).collect::<Vec<_>>().join(".")
}

/// The key that names the file which holds the value of `key`.
pub(super) fn file_of(key: &str) -> String {
    format!("{key}_file")
}

/// What is said of `key`, which none of those that are known is, naming the nearest of them.
pub(super) fn unknown<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> String {
    match nearest(key, known) {
        Some(nearest) => format!("there is no such key; did you mean `{nearest}`?"),
        None => "there is no such key".to_owned(),
    }
}

/// The one that `text` was probably meant to be.
pub(super) fn nearest<'k>(text: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let near = known.map(|known| (strsim::damerau_levenshtein(text, known), known)).min();
    near.filter(|(distance, _)| distance * 3 <= text.len().max(6)).map(|(_, nearest)| nearest)
}
