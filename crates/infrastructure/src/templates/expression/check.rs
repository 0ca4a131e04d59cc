use std::collections::BTreeSet;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{CallArg, Expr, Stmt};

use super::error::ExpressionError;
use super::filters;
use super::statements::names;
use super::syntax::{self, Whitespace};
use super::words::steps;
use crate::templates::limits::Stop;

/// What a text may use: one object, and what is in it.
#[derive(Debug, Clone)]
pub(in crate::templates) struct Names {
    /// The object's name: `parameters` in steps, `values` in files.
    pub(in crate::templates) root: &'static str,
    /// Its members.
    pub(in crate::templates) members: BTreeSet<String>,
    /// Paths below it whose values must not get into a text.
    pub(in crate::templates) secrets: Vec<Vec<String>>,
}

/// A fault in a text: its line, what is there, and what would be right.
pub(in crate::templates) struct TextFault {
    pub(in crate::templates) line: usize,
    pub(in crate::templates) found: String,
    pub(in crate::templates) expected: String,
}

/// Finds everything in a text that can be seen to be wrong before it is rendered.
pub(in crate::templates) fn check(source: &str, names: &Names, whitespace: Whitespace) -> Vec<TextFault> {
    match syntax::parse(source, whitespace) {
        Ok(tree) => {
            let mut checker = Checker { names, local: BTreeSet::new(), faults: Vec::new(), depth: 0 };
            checker.collect(syntax::body(&tree));
            checker.statements(syntax::body(&tree));
            checker.faults
        }
        Err(ExpressionError::Wrong { line, message }) => {
            vec![TextFault { line, found: message, expected: "a text of the template language".to_owned() }]
        }
        Err(ExpressionError::Stop(stop)) => vec![too_big(&stop)],
    }
}

fn too_big(stop: &Stop) -> TextFault {
    TextFault { line: 1, found: stop.to_string(), expected: "a smaller text".to_owned() }
}

struct Checker<'a> {
    names: &'a Names,
    local: BTreeSet<String>,
    faults: Vec<TextFault>,
    depth: usize,
}

impl Checker<'_> {
    fn add(&mut self, span: Span, found: String, expected: impl Into<String>) {
        self.faults.push(TextFault { line: usize::from(span.start_line).max(1), found, expected: expected.into() });
    }

    /// The names that the text itself makes, wherever it does: a wrong place is found when it is rendered.
    fn collect(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            match statement {
                Stmt::ForLoop(each) => {
                    self.local.insert("loop".to_owned());
                    self.local.extend(names(&each.target).into_iter().flatten().map(str::to_owned));
                    self.collect(&each.body);
                    self.collect(&each.else_body);
                }
                Stmt::IfCond(condition) => {
                    self.collect(&condition.true_body);
                    self.collect(&condition.false_body);
                }
                Stmt::Set(set) => self.local.extend(names(&set.target).into_iter().flatten().map(str::to_owned)),
                Stmt::SetBlock(set) => {
                    self.local.extend(names(&set.target).into_iter().flatten().map(str::to_owned));
                    self.collect(&set.body);
                }
                _ => {}
            }
        }
    }

    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            match statement {
                Stmt::EmitExpr(emit) => self.expr(&emit.expr),
                Stmt::IfCond(condition) => {
                    self.expr(&condition.expr);
                    self.statements(&condition.true_body);
                    self.statements(&condition.false_body);
                }
                Stmt::ForLoop(each) => {
                    if each.recursive {
                        self.add(each.span(), "a `recursive` loop".to_owned(), "a loop over one list");
                    }
                    self.target(&each.target);
                    self.expr(&each.iter);
                    each.filter_expr.iter().for_each(|filter| self.expr(filter));
                    self.statements(&each.body);
                    self.statements(&each.else_body);
                }
                Stmt::Set(set) => {
                    self.target(&set.target);
                    self.expr(&set.expr);
                }
                Stmt::SetBlock(set) => {
                    self.target(&set.target);
                    if let Some(filter) = &set.filter {
                        self.add(filter.span(), "a filter on `set`".to_owned(), "the filter where the value is used");
                    }
                    self.statements(&set.body);
                }
                Stmt::WithBlock(with) => self.unsupported(with.span(), "with"),
                Stmt::AutoEscape(escape) => self.unsupported(escape.span(), "autoescape"),
                Stmt::FilterBlock(filter) => self.unsupported(filter.span(), "filter"),
                Stmt::Do(call) => self.unsupported(call.span(), "do"),
                // The root has been opened by `syntax::body`.
                Stmt::EmitRaw(_) | Stmt::Template(_) => {}
            }
        }
    }

    fn unsupported(&mut self, span: Span, name: &str) {
        self.add(span, format!("the statement `{name}`"), "one of `if`, `for`, `set` and `raw`");
    }

    fn target(&mut self, target: &Expr<'_>) {
        if names(target).is_none() {
            self.add(target.span(), "an assignment to something else than a name".to_owned(), "a name");
        }
    }

    fn expr(&mut self, expr: &Expr<'_>) {
        // The evaluator refuses what is deeper; going on here would only risk the stack.
        if self.depth > 200 {
            return;
        }
        self.depth += 1;
        self.one(expr);
        self.depth -= 1;
    }

    fn one(&mut self, expr: &Expr<'_>) {
        match expr {
            Expr::Var(_) => self.path(expr),
            Expr::GetAttr(_) | Expr::GetItem(_) if steps(expr).is_some() => self.path(expr),
            Expr::GetAttr(get) => self.expr(&get.expr),
            Expr::GetItem(get) => {
                self.expr(&get.subscript_expr);
                self.expr(&get.expr);
            }
            Expr::Const(_) => {}
            Expr::Slice(slice) => self.add(slice.span(), "a slice".to_owned(), "`first`, `last` or one item"),
            Expr::UnaryOp(unary) => self.expr(&unary.expr),
            Expr::BinOp(binary) => {
                self.expr(&binary.left);
                self.expr(&binary.right);
            }
            Expr::Compare(compare) => {
                self.expr(&compare.expr);
                compare.ops.iter().for_each(|step| self.expr(&step.expr));
            }
            Expr::IfExpr(choice) => {
                self.expr(&choice.test_expr);
                self.expr(&choice.true_expr);
                choice.false_expr.iter().for_each(|otherwise| self.expr(otherwise));
            }
            Expr::Filter(filter) => {
                self.filter(filter.name, filter.args.len(), filter.span());
                filter.expr.iter().for_each(|of| self.expr(of));
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                if !filters::is_test(test.name) || !test.args.is_empty() {
                    let expected = format!("one of {}, without arguments", filters::test_names());
                    self.add(test.span(), format!("the test `is {}`, which is not known", test.name), expected);
                }
                self.expr(&test.expr);
            }
            Expr::Call(call) => {
                self.called(&call.expr, call.span());
                self.arguments(&call.args);
            }
            Expr::List(list) => list.items.iter().for_each(|item| self.expr(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expr(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|part| self.expr(part)),
        }
    }

    fn filter(&mut self, name: &str, arguments: usize, span: Span) {
        match filters::arity(name) {
            None => {
                let expected = format!("one of {}", filters::filter_names());
                self.add(span, format!("the filter `{name}`, which is not known"), expected);
            }
            Some((least, most)) if !(least..=most).contains(&arguments) => {
                let found = format!("the filter `{name}` with {arguments} arguments");
                self.add(span, found, format!("{least} to {most} arguments"));
            }
            Some(_) => {}
        }
    }

    fn called(&mut self, what: &Expr<'_>, span: Span) {
        match what {
            Expr::Var(function) if function.id == "range" => {}
            Expr::Var(function) => {
                let found = format!("the function `{}`, which is not known", function.id);
                self.add(span, found, "`range(…)`, the only function");
            }
            Expr::GetAttr(method) => {
                let found = format!("the method `.{}(…)`", method.name);
                self.add(span, found, "a filter: values have no methods");
            }
            _ => self.add(span, "a call".to_owned(), "`range(…)`, the only function"),
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(expr) => self.expr(expr),
                CallArg::Kwarg(_, expr) | CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    self.add(expr.span(), "an argument with a name, or spread".to_owned(), "arguments by position");
                }
            }
        }
    }

    /// Checks a path such as `parameters.database.name` as far as it is known.
    fn path(&mut self, expr: &Expr<'_>) {
        let Some(path) = steps(expr) else { return };
        let [root, members @ ..] = path.as_slice() else { return };
        if self.local.contains(root.as_str()) {
            return;
        }
        if root != self.names.root {
            let expected = format!("`{}`, or a name the text sets itself", self.names.root);
            return self.add(expr.span(), format!("the name `{root}`, which is not known here"), expected);
        }
        if let Some(member) = members.first().filter(|member| !self.names.members.contains(*member)) {
            let known = self.names.members.iter().map(String::as_str).collect::<Vec<_>>();
            let expected = if known.is_empty() {
                "nothing: it is empty".to_owned()
            } else {
                format!("one of {}", known.join(", "))
            };
            return self.add(expr.span(), format!("`{root}.{member}`, which does not exist"), expected);
        }
        if self.names.secrets.iter().any(|secret| members.starts_with(secret)) {
            let found = format!("`{}`, a writeOnly parameter", path.join("."));
            self.add(expr.span(), found, "no secret in what is rendered: it would end up in the artifact");
        }
    }
}
