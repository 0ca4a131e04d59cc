//! Counts lines of code.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// Text that is no Rust.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoRust {
    pub(super) line: usize,
    pub(super) message: String,
}

impl fmt::Display for NoRust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it can't be read as Rust: {}", self.message)
    }
}

/// The lines of code of a Rust file, or of a template of one: physical lines with anything on them that is no comment, no
/// documentation, and not inside of an item that is `#[cfg(test)]`.
pub(super) fn code_lines(text: &str) -> Result<BTreeSet<usize>, NoRust> {
    let text = without_template(text);
    let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| NoRust {
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    let mut lines = BTreeSet::new();
    collect(tokens, &mut lines);
    Ok(lines)
}

/// The lines of these items only: functions, constants, types with the `impl` blocks for them, by name; all of them if
/// no name is given. The error is a name that the file doesn't define.
pub(super) fn item_lines(text: &str, names: &[&str]) -> Result<Result<BTreeSet<usize>, String>, NoRust> {
    let code = code_lines(text)?;
    if names.is_empty() {
        return Ok(Ok(code));
    }
    let file = syn::parse_file(&without_template(text))
        .map_err(|error| NoRust { line: error.span().start().line, message: error.to_string() })?;
    let mut lines = BTreeSet::new();
    for name in names {
        let ranges: Vec<_> = file.items.iter().filter_map(|item| range(item, name)).collect();
        if ranges.is_empty() {
            return Ok(Err((*name).to_owned()));
        }
        lines.extend(ranges.into_iter().flatten().filter(|line| code.contains(line)));
    }
    Ok(Ok(lines))
}

/// Where an item stands, if it has this name or is an `impl` for the type of this name.
fn range(item: &syn::Item, name: &str) -> Option<RangeInclusive<usize>> {
    let own = match item {
        syn::Item::Const(item) => Some(&item.ident),
        syn::Item::Enum(item) => Some(&item.ident),
        syn::Item::Fn(item) => Some(&item.sig.ident),
        syn::Item::Static(item) => Some(&item.ident),
        syn::Item::Struct(item) => Some(&item.ident),
        syn::Item::Type(item) => Some(&item.ident),
        syn::Item::Impl(item) => match &*item.self_ty {
            syn::Type::Path(of) => of.path.segments.last().map(|segment| &segment.ident),
            _ => None,
        },
        _ => None,
    };
    let span = own.filter(|own| *own == name).map(|_| syn::spanned::Spanned::span(item))?;
    Some(span.start().line..=span.end().line)
}

/// Blanks out a template's statements (`{% … %}`, `{# … #}`) and puts a name where it puts a value (`${{ … }}`), line
/// for line. What is between quotation marks stays what it is to Rust, too.
fn without_template(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = ["${{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
        let (before, marked) = rest.split_at(start);
        let (close, instead) = match marked.as_bytes() {
            [b'$', ..] => ("}}", "value"),
            [_, b'%', ..] => ("%}", ""),
            _ => ("#}", ""),
        };
        let end = marked.find(close).map_or(marked.len(), |end| end + close.len());
        plain.push_str(before);
        plain.push_str(instead);
        plain.extend(marked[..end].chars().filter(|character| *character == '\n'));
        rest = &marked[end..];
    }
    plain + rest
}

fn collect(tokens: TokenStream, lines: &mut BTreeSet<usize>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let Some((attribute, length)) = attribute(&trees[at..]) {
            if is_named(attribute, "doc") {
                at += length;
                continue;
            }
            if is_test(attribute) {
                at += length + item_length(&trees[at + length..]);
                continue;
            }
        }
        match &trees[at] {
            TokenTree::Group(group) => {
                add(group.span_open(), lines);
                collect(group.stream(), lines);
                add(group.span_close(), lines);
            }
            tree => add(tree.span(), lines),
        }
        at += 1;
    }
}

fn add(span: Span, lines: &mut BTreeSet<usize>) {
    lines.extend(span.start().line..=span.end().line);
}

/// `#[…]` or `#![…]`, and how many tokens it is.
fn attribute(trees: &[TokenTree]) -> Option<(&Group, usize)> {
    let is =
        |at: usize, wanted: char| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted);
    let at = if is(1, '!') { 2 } else { 1 };
    match trees.get(at) {
        Some(TokenTree::Group(group)) if is(0, '#') && group.delimiter() == Delimiter::Bracket => Some((group, at + 1)),
        _ => None,
    }
}

fn is_named(attribute: &Group, name: &str) -> bool {
    matches!(attribute.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == name)
}

/// `cfg(test)`.
fn is_test(attribute: &Group) -> bool {
    attribute.stream().to_string().split_whitespace().collect::<String>() == "cfg(test)"
}

/// How many tokens an item has: up to its `;`, or its body.
fn item_length(trees: &[TokenTree]) -> usize {
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let Some(end) = trees.iter().position(ends) else { return trees.len() };
    let closed = matches!(trees.get(end + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == ';');
    end + 1 + usize::from(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        code_lines(text).unwrap().into_iter().collect()
    }

    #[test]
    fn blank_lines_comments_and_documentation_are_no_code() {
        let text = "//! Doc.\n\n// Comment.\nuse a::b; // and more\n/* c\nd */\n/// Doc.\n#[doc = \"x\"]\nfn f() {\n\n    g(\"1\n2\n3\");\n}";
        assert_eq!(lines(text), [4, 9, 11, 12, 13, 14]);
    }

    #[test]
    fn tests_are_no_code() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nuse a::{\n  b,\n};\nconst C: u8 = 1;";
        assert_eq!(lines(text), [1, 10]);
        assert_eq!(lines("#[cfg(not(test))]\nfn a() {}"), [1, 2]);
    }

    #[test]
    fn a_template_counts_as_what_it_renders() {
        let text = "{% if values.x == 'y' %}\nconst A: &str = ${{ values.a | dump }};\n{% endif %}\nfn f() { g(\"${{ values.b }}\") }\n{# a\nb #}";
        assert_eq!(lines(text), [2, 4]);
    }

    #[test]
    fn items_are_found_by_name_with_what_is_implemented_for_them() {
        let text = "/// Doc.\n#[derive(Clone)]\npub struct A {\n    b: u8,\n}\n\nimpl A {\n    fn x() {}\n}\nimpl X for A {}\nfn c() {}\nfn d() {}";
        let of = |names: &[&str]| item_lines(text, names).unwrap().map(|lines| lines.len());
        assert_eq!(of(&["A"]), Ok(8));
        assert_eq!(of(&["A", "c"]), Ok(9));
        assert_eq!(of(&[]), Ok(10));
        assert_eq!(of(&["gone"]), Err("gone".to_owned()));
    }

    #[test]
    fn what_is_no_rust_is_said_with_its_line() {
        assert_eq!(code_lines("fn a() {}\nfn b() {").unwrap_err().line, 2);
    }
}
