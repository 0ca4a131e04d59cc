use std::borrow::Cow;

use domain::JsonObject;
use minijinja::machinery::ast::Stmt;
use serde_json::Value;

use super::error::ExpressionError;
use super::evaluate::Evaluator;
use super::statements::Output;
use super::syntax::{self, Whitespace};
use crate::templates::limits::Budget;

/// Renders a text: what stands outside of tags is copied.
pub(in crate::templates) fn render(
    source: &str,
    context: &JsonObject,
    whitespace: Whitespace,
    budget: &Budget,
) -> Result<String, ExpressionError> {
    budget.read(source)?;
    let tree = syntax::parse(source, whitespace)?;
    let mut evaluator = Evaluator::new(context, budget);
    let mut output = Output::new(budget, budget.limits.file_bytes);
    evaluator.run(syntax::body(&tree), &mut output)?;
    Ok(output.into_text())
}

/// Evaluates a string of a step's input. One that is nothing but one `${{ … }}` keeps the type of its value (and is
/// `None` where that is undefined); every other one is text.
pub(in crate::templates) fn evaluate(
    source: &str,
    context: &JsonObject,
    budget: &Budget,
) -> Result<Option<Value>, ExpressionError> {
    budget.read(source)?;
    let tree = syntax::parse(source, Whitespace::default())?;
    if let [Stmt::EmitExpr(only)] = syntax::body(&tree) {
        let evaluator = Evaluator::new(context, budget);
        let found = evaluator.find(&only.expr)?;
        // A parameter is not made here, only copied; that is paid for all the same.
        found.as_deref().map_or(Ok(()), |value| budget.admit(value))?;
        return Ok(found.map(Cow::into_owned));
    }
    render(source, context, Whitespace::default(), budget).map(|text| Some(Value::String(text)))
}
