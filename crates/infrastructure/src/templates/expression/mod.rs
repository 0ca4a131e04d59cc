//! The template language: `${{ … }}`, `{% … %}` and `{# … #}`, as Backstage's templates have them.
//!
//! A template is anybody's text, so it must not be able to use up the process that renders it. minijinja's fuel counts
//! instructions, not bytes: forty times `{% set a = a ~ a %}` cost forty. So minijinja only parses here; the tree is
//! evaluated over plain JSON values, where each operation pays for the bytes it touches ([`Budget`]), and no value
//! shares its parts with another, which bounds what comparing or printing one can cost.
//!
//! What there is: output, `if`, `for`, `set`, `raw`, comments, the operators, and the filters and tests of [`filters`].
//! What there is not: macros, includes, imports, inheritance, methods, and any access to the world outside.
//! Unlike Backstage's, this language has no silent `undefined`: what is missing may only be asked for
//! (`if`, `and`, `or`, `not`, `is defined`, `default`), and anything else with it is an error that names it.

mod check;
mod evaluate;
mod filters;
mod operators;
mod statements;
mod syntax;
mod words;

use serde_json::Value;

pub(super) use check::{Names, check};
pub(super) use operators::truth;
pub(super) use syntax::{Whitespace, is_templated};

use super::limits::{Budget, Stop};
use crate::templates::expression::evaluate::Evaluator;
use domain::JsonObject;

/// Why a template could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ExpressionError {
    /// A limit was reached.
    #[error(transparent)]
    Stop(#[from] Stop),
    /// The template asks for something that isn't there or makes no sense.
    #[error("line {line}: {message}")]
    Wrong {
        /// Line within the text, from 1.
        line: usize,
        /// What is wrong, without any value that was given.
        message: String,
    },
}

/// Renders a text: what stands outside of tags is copied.
pub(super) fn render(
    source: &str,
    context: &JsonObject,
    whitespace: Whitespace,
    budget: &Budget,
) -> Result<String, ExpressionError> {
    budget.read(source)?;
    let tree = syntax::parse(source, whitespace)?;
    let mut evaluator = Evaluator::new(context, budget);
    let mut output = statements::Output::new(budget, budget.limits.file_bytes);
    evaluator.run(syntax::body(&tree), &mut output)?;
    Ok(output.into_text())
}

/// Evaluates a string of a step's input. One that is nothing but one `${{ … }}` keeps the type of its value (and is
/// `None` where that is undefined); every other one is text.
pub(super) fn evaluate(source: &str, context: &JsonObject, budget: &Budget) -> Result<Option<Value>, ExpressionError> {
    budget.read(source)?;
    let tree = syntax::parse(source, Whitespace::default())?;
    if let [minijinja::machinery::ast::Stmt::EmitExpr(only)] = syntax::body(&tree) {
        let evaluator = Evaluator::new(context, budget);
        let found = evaluator.find(&only.expr)?;
        // A parameter is not made here, only copied; that is paid for all the same.
        found.as_deref().map_or(Ok(()), |value| budget.admit(value))?;
        return Ok(found.map(std::borrow::Cow::into_owned));
    }
    render(source, context, Whitespace::default(), budget).map(|text| Some(Value::String(text)))
}
