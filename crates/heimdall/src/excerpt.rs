use std::borrow::Cow;

/// The text, or of one with more than `most` bytes the beginning and `…`: what others send must not be repeated to them,
/// or to a log, at any length.
pub(crate) fn excerpt(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(most)]))
}
