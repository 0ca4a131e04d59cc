//! Paths in what is handed to macros: tokens, which nobody but the macro knows how to read.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

/// Every path, with its line. Of names that stand by themselves only those that are types, or are called.
pub(super) fn paths(tokens: TokenStream) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<(Vec<String>, usize)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        let begins = !follows(&trees, at);
        match &trees[at] {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(first) if begins => {
                let line = line(first.span());
                let mut path = vec![name(first)];
                while let (true, Some(TokenTree::Ident(next))) = (is_separator(&trees, at + 1), trees.get(at + 3)) {
                    path.push(name(next));
                    at += 3;
                }
                if path.len() > 1 || is_type(&path[0]) || is_called(trees.get(at + 1)) {
                    found.push((path, line));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether `::` stands at a place.
fn is_separator(trees: &[TokenTree], at: usize) -> bool {
    is_punct(trees.get(at), ':', Some(Spacing::Joint)) && is_punct(trees.get(at + 1), ':', None)
}

/// Whether a name goes on with what was before it: a field, a method, a lifetime, or the rest of a path.
fn follows(trees: &[TokenTree], at: usize) -> bool {
    let before = |steps| at.checked_sub(steps).and_then(|place| trees.get(place));
    let separated = at >= 2 && is_separator(trees, at - 2);
    // Not a range: `0..END`.
    let is_field = is_punct(before(1), '.', None) && !is_punct(before(2), '.', None);
    separated || is_field || is_punct(before(1), '\'', None)
}

fn is_punct(tree: Option<&TokenTree>, character: char, spacing: Option<Spacing>) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct))
        if punct.as_char() == character && spacing.is_none_or(|spacing| punct.spacing() == spacing))
}

fn is_called(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
        || is_punct(next, '!', Some(Spacing::Alone))
}

/// Types begin with a capital letter; a name that does not may be one of a variable.
pub(super) fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// The line of a place in a file, from 1.
pub(super) fn line(span: Span) -> usize {
    span.start().line
}

/// Without the `r#` of a keyword.
pub(super) fn name(ident: &proc_macro2::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        paths(text.parse().unwrap()).into_iter().map(|(path, line)| format!("{}:{line}", path.join("::"))).collect()
    }

    #[test]
    fn paths_types_and_calls_are_found() {
        let text = "error = &x as &dyn a::Error,\n\"{}\", crate::b::c(&[super::d]), local, Local, call(z), mac!(q)";
        assert_eq!(found(text), ["a::Error:1", "crate::b::c:2", "super::d:2", "Local:2", "call:2", "mac:2"]);
    }

    #[test]
    fn fields_methods_lifetimes_and_foreign_roots_are_no_names() {
        assert_eq!(found("x.Field, y.call(), &'A T, ::z::Q, 0..Limit"), ["T:1", "Limit:1"]);
        assert_eq!(found("$crate::r#mod::X"), ["crate::mod::X:1"]);
    }
}
