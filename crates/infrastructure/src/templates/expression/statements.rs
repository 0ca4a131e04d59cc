use std::collections::BTreeMap;

use minijinja::machinery::ast::{Expr, ForLoop, Stmt};
use serde_json::{Value, json};

use super::error::ExpressionError;
use super::evaluate::Evaluator;
use super::operators::text;
use super::words::wrong;
use crate::templates::error::kind_of;
use crate::templates::limits::{Budget, Stop};

/// The text that statements write, up to a limit.
pub(super) struct Output<'a> {
    text: String,
    budget: &'a Budget,
    limit: usize,
}

impl<'a> Output<'a> {
    pub(super) fn new(budget: &'a Budget, limit: usize) -> Self {
        Self { text: String::new(), budget, limit }
    }

    fn push(&mut self, more: &str) -> Result<(), Stop> {
        self.budget.spend(more.len())?;
        if self.text.len() + more.len() > self.limit {
            return Err(Stop::File(self.limit));
        }
        self.text.push_str(more);
        Ok(())
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl Evaluator<'_> {
    /// Runs statements one after the other.
    pub(super) fn run(&mut self, statements: &[Stmt<'_>], output: &mut Output<'_>) -> Result<(), ExpressionError> {
        for statement in statements {
            self.statement(statement, output)?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Stmt<'_>, output: &mut Output<'_>) -> Result<(), ExpressionError> {
        match statement {
            Stmt::EmitRaw(raw) => output.push(raw.raw)?,
            Stmt::EmitExpr(emit) => {
                let value = self.value(&emit.expr)?;
                let written = text(&value).map_err(|message| wrong(emit.span(), message))?;
                output.push(&written)?;
            }
            Stmt::IfCond(condition) => {
                let branch = if self.holds(&condition.expr)? { &condition.true_body } else { &condition.false_body };
                return self.run(branch, output);
            }
            Stmt::ForLoop(each) => return self.each(each, output),
            Stmt::Set(set) => {
                let value = self.value(&set.expr)?.into_owned();
                self.budget.admit(&value)?;
                return self.bind(&set.target, value, true);
            }
            Stmt::SetBlock(set) => {
                let mut captured = Output::new(self.budget, self.budget.limits.value_bytes);
                self.run(&set.body, &mut captured)?;
                return self.bind(&set.target, Value::String(captured.into_text()), true);
            }
            _ => {
                let message = "there are only the statements `if`, `for`, `set` and `raw`".to_owned();
                return Err(ExpressionError::Wrong { line: 1, message });
            }
        }
        Ok(())
    }

    fn each(&mut self, each: &ForLoop<'_>, output: &mut Output<'_>) -> Result<(), ExpressionError> {
        let items = self.items(each)?;
        if items.is_empty() {
            return self.run(&each.else_body, output);
        }
        let length = items.len();
        for (index, item) in items.into_iter().enumerate() {
            // What the loop itself makes for each turn: its own variable and a scope.
            self.budget.spend(512)?;
            let at = json!({
                "index": index + 1, "index0": index, "revindex": length - index, "revindex0": length - index - 1,
                "first": index == 0, "last": index + 1 == length, "length": length,
            });
            self.frames.push(BTreeMap::from([("loop".to_owned(), at)]));
            let done = self.bind(&each.target, item, false).and_then(|()| self.run(&each.body, output));
            self.frames.pop();
            done?;
        }
        Ok(())
    }

    /// What a loop goes over: the items of a list, or an object's pairs where there are two names (else its keys).
    fn items(&mut self, each: &ForLoop<'_>) -> Result<Vec<Value>, ExpressionError> {
        let pairs = names(&each.target).is_some_and(|names| names.len() == 2);
        let whole = self.value(&each.iter)?.into_owned();
        self.budget.admit(&whole)?;
        let items = match whole {
            Value::Array(items) => items,
            Value::Object(members) if pairs => members.into_iter().map(|(key, value)| json!([key, value])).collect(),
            Value::Object(members) => members.into_iter().map(|(key, _)| Value::String(key)).collect(),
            other => return Err(wrong(each.iter.span(), format!("can't loop over {}", kind_of(&other)))),
        };
        let Some(filter) = &each.filter_expr else { return Ok(items) };
        let mut kept = Vec::new();
        for item in items {
            self.frames.push(BTreeMap::new());
            let holds = self.bind(&each.target, item.clone(), false).and_then(|()| self.holds(filter));
            self.frames.pop();
            if holds? {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// Gives a value to a name, or the items of a list to as many names. A `set` changes the name where it was made
    /// (as nunjucks does), a loop makes it anew.
    fn bind(&mut self, target: &Expr<'_>, value: Value, outward: bool) -> Result<(), ExpressionError> {
        let Some(names) = names(target) else {
            return Err(wrong(target.span(), "only a name can be given a value".to_owned()));
        };
        if let [name] = names.as_slice() {
            self.assign(name, value, outward);
            return Ok(());
        }
        match value {
            Value::Array(items) if items.len() == names.len() => {
                for (name, item) in names.iter().zip(items) {
                    self.assign(name, item, outward);
                }
                Ok(())
            }
            other => {
                let message = format!("{} can't be spread over {} names", kind_of(&other), names.len());
                Err(wrong(target.span(), message))
            }
        }
    }

    fn assign(&mut self, name: &str, value: Value, outward: bool) {
        let made = self.frames.iter().rposition(|frame| outward && frame.contains_key(name));
        let frame = made.unwrap_or(self.frames.len() - 1);
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.insert(name.to_owned(), value);
        }
    }
}

/// The names of an assignment's target.
pub(super) fn names<'t>(target: &'t Expr<'_>) -> Option<Vec<&'t str>> {
    let name = |expr: &'t Expr<'_>| if let Expr::Var(var) = expr { Some(var.id) } else { None };
    match target {
        Expr::Var(_) => name(target).map(|name| vec![name]),
        Expr::List(list) => list.items.iter().map(name).collect(),
        Expr::Tuple(tuple) => tuple.items.iter().map(name).collect(),
        _ => None,
    }
}
