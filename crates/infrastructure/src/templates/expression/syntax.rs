use minijinja::machinery::ast::{Stmt, Template};
use minijinja::machinery::{Token, Tokenizer};
use minijinja::syntax::SyntaxConfig;

use super::error::ExpressionError;

/// Tokens within one tag. Chains (`a ~ b ~ …`) make trees as deep as they are long, so their length is bounded.
const MAX_TAG: usize = 400;
/// Branches of all `if`s of one text: each nests in the one before.
const MAX_ELIF: usize = 100;

/// What becomes of the white space around statements; Backstage's options of the same names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::templates) struct Whitespace {
    /// The line break after a statement is left out.
    pub(in crate::templates) trim_blocks: bool,
    /// White space before a statement on its line is left out.
    pub(in crate::templates) lstrip_blocks: bool,
}

/// Whether there is anything to render in a text.
pub(in crate::templates) fn is_templated(text: &str) -> bool {
    ["${{", "{%", "{#"].iter().any(|tag| text.contains(tag))
}

/// Parses a text of any length into a tree of bounded depth.
pub(super) fn parse(source: &str, whitespace: Whitespace) -> Result<Stmt<'_>, ExpressionError> {
    let config = config(whitespace).map_err(|error| wrong(&error))?;
    measure(source, config.clone())?;
    minijinja::machinery::parse(source, "", config).map_err(|error| wrong(&error))
}

/// The statements of a parsed text.
pub(super) fn body<'t, 's>(tree: &'t Stmt<'s>) -> &'t [Stmt<'s>] {
    match tree {
        Stmt::Template(template) => {
            let Template { children } = &**template;
            children
        }
        _ => std::slice::from_ref(tree),
    }
}

fn config(whitespace: Whitespace) -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder()
        .block_delimiters("{%", "%}")
        .variable_delimiters("${{", "}}")
        .comment_delimiters("{#", "#}")
        .trim_blocks(whitespace.trim_blocks)
        .lstrip_blocks(whitespace.lstrip_blocks)
        .keep_trailing_newline(true)
        .build()
}

/// Refuses what would make the parser or the evaluator recurse as deep as the text is long.
fn measure(source: &str, config: SyntaxConfig) -> Result<(), ExpressionError> {
    let mut tokens = Tokenizer::new(source, "", false, config);
    let (mut tag, mut branches, mut starts) = (0, 0, false);
    while let Some((token, span)) = tokens.next_token().map_err(|error| wrong(&error))? {
        tag += 1;
        match token {
            Token::VariableStart | Token::BlockStart | Token::TemplateData(_) => tag = 0,
            Token::Ident("elif" | "else") if starts => branches += 1,
            _ => {}
        }
        starts = matches!(token, Token::BlockStart);
        let line = usize::from(span.start_line);
        if tag > MAX_TAG {
            return Err(ExpressionError::Wrong {
                line,
                message: format!("a tag of more than {MAX_TAG} words and signs"),
            });
        }
        if branches > MAX_ELIF {
            return Err(ExpressionError::Wrong { line, message: format!("more than {MAX_ELIF} `elif` and `else`") });
        }
    }
    Ok(())
}

/// The parser's complaint, which speaks of the text's syntax only.
fn wrong(error: &minijinja::Error) -> ExpressionError {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let message = match detail.strip_prefix("unknown statement ") {
        Some(name) => format!("unknown statement `{name}`: there are `if`, `for`, `set` and `raw`"),
        None => detail,
    };
    ExpressionError::Wrong { line: error.line().unwrap_or(1), message }
}
