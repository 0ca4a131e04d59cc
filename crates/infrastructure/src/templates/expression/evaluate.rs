use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use domain::JsonObject;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, UnaryOpKind};
use serde_json::Value;

use super::error::ExpressionError;
use super::filters;
use super::operators::{self, Operation, truth};
use super::words::{describe, wrong};
use crate::templates::limits::Budget;

/// Levels of expressions and statements within each other; the parser's trees are not much deeper.
const MAX_DEPTH: usize = 100;

/// Evaluates expressions over JSON values.
pub(super) struct Evaluator<'a> {
    context: &'a JsonObject,
    pub(super) frames: Vec<BTreeMap<String, Value>>,
    pub(super) budget: &'a Budget,
    depth: Cell<usize>,
}

/// A value, or `None` for what is undefined.
type Lookup<'v> = Option<Cow<'v, Value>>;

impl<'a> Evaluator<'a> {
    pub(super) fn new(context: &'a JsonObject, budget: &'a Budget) -> Self {
        Self { context, frames: vec![BTreeMap::new()], budget, depth: Cell::new(0) }
    }

    /// The value of an expression, which has to have one.
    pub(super) fn value(&self, expr: &Expr<'_>) -> Result<Cow<'_, Value>, ExpressionError> {
        self.find(expr)?.ok_or_else(|| {
            let name = describe(expr);
            wrong(
                expr.span(),
                format!("{name} is not there; where it may be missing, say `{name} | default(…)` or ask `if`"),
            )
        })
    }

    /// Whether an expression holds; what is undefined doesn't.
    pub(super) fn holds(&self, expr: &Expr<'_>) -> Result<bool, ExpressionError> {
        Ok(self.find(expr)?.is_some_and(|value| truth(&value)))
    }

    /// The value of an expression, or `None` where it is undefined.
    pub(super) fn find(&self, expr: &Expr<'_>) -> Result<Lookup<'_>, ExpressionError> {
        let _level = self.enter(expr.span())?;
        self.budget.spend(0)?;
        match expr {
            Expr::Var(var) => Ok(self.lookup(var.id).map(Cow::Borrowed)),
            Expr::Const(constant) => {
                let value = serde_json::to_value(&constant.value)
                    .map_err(|_| wrong(constant.span(), "a literal that is no JSON".to_owned()))?;
                self.made(value)
            }
            Expr::GetAttr(get) => self.member(&get.expr, &Value::from(get.name)),
            Expr::GetItem(get) => {
                let key = self.value(&get.subscript_expr)?.into_owned();
                self.member(&get.expr, &key)
            }
            Expr::UnaryOp(unary) => match unary.op {
                UnaryOpKind::Not => self.made(Value::Bool(!self.holds(&unary.expr)?)),
                UnaryOpKind::Neg => {
                    let value = self.value(&unary.expr)?;
                    let result = operators::apply(Operation::Subtract, &Value::from(0), &value, self.budget);
                    self.result(result, unary.span())
                }
            },
            Expr::BinOp(binary) => self.binary(binary.op, &binary.left, &binary.right, binary.span()),
            Expr::Compare(compare) => {
                let mut left = self.value(&compare.expr)?;
                for step in &compare.ops {
                    let right = self.value(&step.expr)?;
                    let result = operators::compare(step.op, &left, &right, self.budget);
                    if !outcome(result, compare.span())? {
                        return self.made(Value::Bool(false));
                    }
                    left = right;
                }
                self.made(Value::Bool(true))
            }
            Expr::IfExpr(choice) => {
                if self.holds(&choice.test_expr)? {
                    self.find(&choice.true_expr)
                } else {
                    choice.false_expr.as_ref().map_or(Ok(None), |otherwise| self.find(otherwise))
                }
            }
            Expr::Test(test) => {
                let found = self.find(&test.expr)?;
                let result = filters::test(test.name, found.as_deref());
                self.result(result.map(Value::Bool).map_err(Into::into), test.span())
            }
            Expr::Filter(filter) => self.filter(filter.name, filter.expr.as_ref(), &filter.args, filter.span()),
            Expr::Call(call) => {
                let Expr::Var(function) = &call.expr else {
                    return Err(wrong(call.span(), "only the function `range` can be called".to_owned()));
                };
                let arguments = self.arguments(&call.args)?;
                let result = filters::function(function.id, &arguments, self.budget);
                self.result(result, call.span())
            }
            Expr::List(list) => self.list(&list.items),
            Expr::Tuple(tuple) => self.list(&tuple.items),
            Expr::Map(map) => {
                let (mut object, mut whole) = (JsonObject::new(), self.budget.whole());
                for (key, value) in map.keys.iter().zip(&map.values) {
                    let (key, value) = (self.value(key)?, self.value(value)?);
                    whole.add(&key)?;
                    whole.add(&value)?;
                    let name = operators::text(&key).map_err(|message| wrong(map.span(), message))?;
                    object.insert(name.into_owned(), value.into_owned());
                }
                self.made(Value::Object(object))
            }
            Expr::Slice(slice) => Err(wrong(slice.span(), "slices (`a[1:2]`) are not part of the language".to_owned())),
        }
    }

    fn lookup(&self, name: &str) -> Option<&Value> {
        self.frames.iter().rev().find_map(|frame| frame.get(name)).or_else(|| self.context.get(name))
    }

    fn member(&self, of: &Expr<'_>, key: &Value) -> Result<Lookup<'_>, ExpressionError> {
        let whole = self.value(of)?;
        Ok(match whole {
            Cow::Borrowed(whole) => operators::member(whole, key).map(Cow::Borrowed),
            Cow::Owned(whole) => operators::member(&whole, key).cloned().map(Cow::Owned),
        })
    }

    fn binary(
        &self,
        op: BinOpKind,
        left: &Expr<'_>,
        right: &Expr<'_>,
        span: Span,
    ) -> Result<Lookup<'_>, ExpressionError> {
        let operation = match op {
            BinOpKind::ScAnd => return if self.holds(left)? { self.find(right) } else { self.find(left) },
            BinOpKind::ScOr => return if self.holds(left)? { self.find(left) } else { self.find(right) },
            BinOpKind::Add => Operation::Add,
            BinOpKind::Sub => Operation::Subtract,
            BinOpKind::Mul => Operation::Multiply,
            BinOpKind::Div => Operation::Divide,
            BinOpKind::FloorDiv => Operation::DivideWhole,
            BinOpKind::Rem => Operation::Remainder,
            BinOpKind::Pow => Operation::Power,
            BinOpKind::Concat => Operation::Join,
            comparison => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let comparison = operators::comparison(comparison);
                let result = operators::compare(comparison, &left, &right, self.budget);
                let holds = outcome(result, span)?;
                return self.made(Value::Bool(holds));
            }
        };
        let (left, right) = (self.value(left)?, self.value(right)?);
        let result = operators::apply(operation, &left, &right, self.budget);
        self.result(result, span)
    }

    fn filter(
        &self,
        name: &str,
        of: Option<&Expr<'_>>,
        args: &[CallArg<'_>],
        span: Span,
    ) -> Result<Lookup<'_>, ExpressionError> {
        let Some(of) = of else {
            return Err(wrong(span, "a filter needs a value".to_owned()));
        };
        let arguments = self.arguments(args)?;
        if filters::is_default(name) {
            let found = self.find(of)?;
            let also_false = arguments.get(1).is_some_and(truth);
            return match found {
                Some(value) if !value.is_null() && (truth(&value) || !also_false) => Ok(Some(value)),
                _ => arguments
                    .into_iter()
                    .next()
                    .map_or_else(|| self.made(Value::from("")), |instead| Ok(Some(Cow::Owned(instead)))),
            };
        }
        let value = self.value(of)?;
        let result = filters::apply(name, &value, &arguments, self.budget);
        self.result(result, span)
    }

    fn arguments(&self, args: &[CallArg<'_>]) -> Result<Vec<Value>, ExpressionError> {
        args.iter()
            .map(|argument| match argument {
                CallArg::Pos(expr) => self.value(expr).map(Cow::into_owned),
                CallArg::Kwarg(_, expr) | CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    Err(wrong(expr.span(), "arguments go by position".to_owned()))
                }
            })
            .collect()
    }

    fn list(&self, items: &[Expr<'_>]) -> Result<Lookup<'_>, ExpressionError> {
        let (mut list, mut whole) = (Vec::new(), self.budget.whole());
        for item in items {
            let item = self.value(item)?;
            whole.add(&item)?;
            list.push(item.into_owned());
        }
        self.made(Value::Array(list))
    }

    /// A new value is weighed before anything else can be made of it.
    fn made(&self, value: Value) -> Result<Lookup<'_>, ExpressionError> {
        self.budget.admit(&value)?;
        Ok(Some(Cow::Owned(value)))
    }

    fn result(
        &self,
        result: Result<Value, operators::EvaluationError>,
        span: Span,
    ) -> Result<Lookup<'_>, ExpressionError> {
        let value = outcome(result, span)?;
        self.made(value)
    }

    /// One level deeper; the guard comes back up.
    pub(super) fn enter(&self, span: Span) -> Result<Level<'_>, ExpressionError> {
        if self.depth.get() >= MAX_DEPTH {
            return Err(wrong(span, format!("expressions are nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Level(&self.depth))
    }
}

pub(super) struct Level<'d>(&'d Cell<usize>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

fn outcome<T>(result: Result<T, operators::EvaluationError>, span: Span) -> Result<T, ExpressionError> {
    result.map_err(|failure| match failure {
        operators::EvaluationError::Stop(stop) => ExpressionError::Stop(stop),
        operators::EvaluationError::Wrong(message) => wrong(span, message),
    })
}
