//! Filters of text.

use super::{Arguments, Budget, Problem, Value, not};

/// How much longer a character may become in another case: `ŉ` (2 bytes) becomes `ʼN` (3), `ΐ` (2) becomes
/// three of 2 bytes each.
const CASE_GROWTH: usize = 3;

/// The text, after paying for a result of this length.
fn text_of<'v>(value: &'v Value, growth: usize, budget: &mut Budget) -> Result<&'v str, Problem> {
    let Value::Text(text) = value else { return Err(not(value, "text")) };
    budget.text(text.len().saturating_mul(growth))?;
    Ok(text)
}

pub(super) fn upper(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    Ok(Value::text(&text_of(value, CASE_GROWTH, budget)?.to_uppercase()))
}

pub(super) fn lower(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    Ok(Value::text(&text_of(value, CASE_GROWTH, budget)?.to_lowercase()))
}

pub(super) fn capitalize(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let mut chars = text_of(value, CASE_GROWTH, budget)?.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    Ok(Value::text(&(first + &chars.as_str().to_lowercase())))
}

/// Upper case for the first letter of each word.
pub(super) fn title(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let mut result = String::new();
    let mut begins = true;
    for char in text_of(value, CASE_GROWTH, budget)?.chars() {
        let between = matches!(char, '-' | '(' | '{' | '[' | '<') || char.is_whitespace();
        if begins && !between {
            result.extend(char.to_uppercase());
        } else {
            result.extend(char.to_lowercase());
        }
        begins = between;
    }
    Ok(Value::text(&result))
}

pub(super) fn trim(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let text = text_of(value, 1, budget)?;
    Ok(Value::text(match arguments.text()? {
        None => text.trim(),
        Some(characters) => {
            let characters: Vec<char> = characters.chars().collect();
            budget.items(text.len().saturating_mul(characters.len()) / 16)?;
            text.trim_matches(&characters[..])
        }
    }))
}

pub(super) fn replace(
    value: &Value,
    arguments: &mut Arguments,
    budget: &mut Budget,
) -> Result<Value, Problem> {
    let text = text_of(value, 1, budget)?;
    let (from, to) = (arguments.needed("what to replace")?, arguments.needed("what to write instead")?);
    budget.text(text.len() + text.matches(&from).count().saturating_mul(to.len()))?;
    Ok(Value::text(&text.replace(&from, &to)))
}

/// The parts between separators; without one, between whitespace.
pub(super) fn split(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let text = text_of(value, 1, budget)?;
    let pieces: Vec<&str> = match arguments.text()? {
        None => text.split_whitespace().collect(),
        Some(separator) => {
            budget.items(text.matches(&separator).count())?;
            text.split(&separator).collect()
        }
    };
    budget.items(pieces.len())?;
    Value::list_of(pieces.into_iter().map(Value::text).collect())
}
