use minijinja::machinery::Span;
use minijinja::machinery::ast::Expr;
use minijinja::value::ValueKind;

use super::error::ExpressionError;

pub(super) fn wrong(span: Span, message: String) -> ExpressionError {
    ExpressionError::Wrong { line: usize::from(span.start_line).max(1), message }
}

/// How an expression reads in a message: its path, where it is one.
pub(super) fn describe(expr: &Expr<'_>) -> String {
    match expr {
        Expr::Var(var) => format!("`{}`", var.id),
        Expr::GetAttr(get) => match describe(&get.expr).trim_matches('`') {
            "this value" => format!("`….{}`", get.name),
            of => format!("`{of}.{}`", get.name),
        },
        _ => "this value".to_owned(),
    }
}

/// The names on the way to a value, where each is a name or a literal.
pub(super) fn steps(expr: &Expr<'_>) -> Option<Vec<String>> {
    match expr {
        Expr::Var(var) => Some(vec![var.id.to_owned()]),
        Expr::GetAttr(get) => {
            let mut path = steps(&get.expr)?;
            path.push(get.name.to_owned());
            Some(path)
        }
        Expr::GetItem(get) => {
            let mut path = steps(&get.expr)?;
            if let Expr::Const(key) = &get.subscript_expr
                && key.value.kind() == ValueKind::String
            {
                path.push(key.value.to_string());
                return Some(path);
            }
            None
        }
        _ => None,
    }
}
