use std::fmt;

/// A place in a JSON document, kept on the stack while it is read: a path costs nothing until something is wrong.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => write!(f, "{parent}/{}", segment(name)),
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// A field's name as a segment of a JSON pointer (RFC 6901). NUL characters, which no log or database likes, are shown
/// as their escape.
pub(in crate::http) fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace('\0', "\\u0000")
}

/// The JSON pointer of where serde stopped.
pub(in crate::http) fn of_serde_path(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().filter_map(|part| match part {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", segment(key))),
        // The variant of an enum is no level of the document when it is told by a tag.
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    segments.collect()
}
