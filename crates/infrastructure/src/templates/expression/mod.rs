//! The template language: `${{ … }}`, `{% … %}` and `{# … #}`, as Backstage's templates have them.
//!
//! A template is anybody's text, so it must not be able to use up the process that renders it. minijinja's fuel counts
//! instructions, not bytes: forty times `{% set a = a ~ a %}` cost forty. So minijinja only parses here; the tree is
//! evaluated over plain JSON values, where each operation pays for the bytes it touches ([`Budget`](super::limits::Budget)), and no value
//! shares its parts with another, which bounds what comparing or printing one can cost.
//!
//! What there is: output, `if`, `for`, `set`, `raw`, comments, the operators, and the filters and tests of [`filters`].
//! What there is not: macros, includes, imports, inheritance, methods, and any access to the world outside.
//! Unlike Backstage's, this language has no silent `undefined`: what is missing may only be asked for
//! (`if`, `and`, `or`, `not`, `is defined`, `default`), and anything else with it is an error that names it.

mod check;
mod error;
mod evaluate;
mod filters;
mod operators;
mod render;
mod statements;
mod syntax;
mod words;

pub(super) use check::{Names, check};
pub(super) use error::ExpressionError;
pub(super) use operators::truth;
pub(super) use render::{evaluate, render};
pub(super) use syntax::{Whitespace, is_templated};
