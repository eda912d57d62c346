//! Limits that are checked before minijinja parses a template: its parser recurses for each operator and each
//! `elif`, and could overflow the stack.

use minijinja::machinery::{Span, Token, tokenize};

use super::fault::{Fault, Problem};

/// How long an expression or statement may be, in bytes.
const MAX_TAG: u32 = 1000;

/// How many tokens it may have: minijinja recurses for each prefix operator (minijinja 3.0.5, `parse_not` and
/// `parse_unary_only`).
const MAX_TOKENS: usize = 300;

/// How many `elif` a template may have: each is parsed within the one before (minijinja 3.0.5,
/// `parse_if_cond`).
const MAX_ELIF: usize = 100;

/// Checks the limits of `text`. Syntax errors are left to the parser, which stops at the same position.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    let mut tag: Option<(Span, usize)> = None;
    let mut elif = 0;
    for (token, span) in
        tokenize(text, false, minijinja::syntax::SyntaxConfig::default()).map_while(Result::ok)
    {
        match token {
            Token::VariableStart | Token::BlockStart => tag = Some((span, 0)),
            Token::VariableEnd | Token::BlockEnd => tag = None,
            Token::Ident("elif") => elif += 1,
            _ => {}
        }
        if elif > MAX_ELIF {
            return Err(Problem::TooLong("this template has more than 100 `elif`").at(range(span)));
        }
        if let Some((start, tokens)) = &mut tag {
            *tokens += 1;
            if span.end_offset - start.start_offset > MAX_TAG {
                return Err(Problem::TooLong("this expression is longer than 1,000 bytes").at(range(*start)));
            }
            if *tokens > MAX_TOKENS {
                return Err(Problem::TooLong("this expression has more than 300 tokens").at(range(*start)));
            }
        }
    }
    Ok(())
}

pub(super) fn range(span: Span) -> std::ops::Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}
