//! Reading a query: tokens, then conditions. Errors name the offset in bytes, as CometBFT's do.

use seiza_types::Time;

use super::{Comparison, Condition, Number, Operand, Test};
use crate::limits::QUERY_BYTES_MAX;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// Too long.
    #[error("query has {0} bytes, at most {QUERY_BYTES_MAX} fit")]
    Length(usize),
    /// Something else was expected.
    #[error("failed to parse query: offset {offset}: got {found:?}, wanted {wanted}")]
    Unexpected {
        /// Where, in bytes.
        offset: usize,
        /// What is there.
        found: String,
        /// What may be there.
        wanted: &'static str,
    },
}

/// A token and its offset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Token<'a> {
    offset: usize,
    text: &'a str,
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

/// Reads all conditions.
pub(super) fn conditions(text: &str) -> Result<Vec<Condition>, QueryError> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(QueryError::Length(text.len()));
    }
    let mut tokens = Tokens { text, at: 0 };
    let mut conditions = vec![condition(&mut tokens)?];
    while let Some(token) = tokens.next() {
        if token.text != "AND" {
            return Err(token.unexpected("AND or the end"));
        }
        conditions.push(condition(&mut tokens)?);
    }
    Ok(conditions)
}

/// The moment that a text is: a day, or RFC 3339.
pub(super) fn time(text: &str) -> Option<Time> {
    Time::parse_from_rfc3339(text).or_else(|_| Time::parse_from_rfc3339(&format!("{text}T00:00:00Z"))).ok()
}

fn condition(tokens: &mut Tokens<'_>) -> Result<Condition, QueryError> {
    let tag = tokens.wanted("tag")?;
    if !tag.is_tag() {
        return Err(tag.unexpected("tag"));
    }
    let wanted = "<=, >=, <, >, =, CONTAINS or EXISTS";
    let operator = tokens.wanted(wanted)?;
    let test = match operator.text {
        "EXISTS" => Test::Exists,
        "CONTAINS" => Test::Contains(text(tokens)?),
        "=" => Test::Compare(Comparison::Equal, operand(tokens)?),
        "<" => Test::Compare(Comparison::Less, operand(tokens)?),
        "<=" => Test::Compare(Comparison::AtMost, operand(tokens)?),
        ">" => Test::Compare(Comparison::Greater, operand(tokens)?),
        ">=" => Test::Compare(Comparison::AtLeast, operand(tokens)?),
        _ => return Err(operator.unexpected(wanted)),
    };
    Ok(Condition { tag: tag.text.to_owned(), test })
}

fn text(tokens: &mut Tokens<'_>) -> Result<String, QueryError> {
    let token = tokens.wanted("a text in single quotes")?;
    let inner = token.quoted().ok_or_else(|| token.unexpected("a text in single quotes"))?;
    Ok(inner.to_owned())
}

fn operand(tokens: &mut Tokens<'_>) -> Result<Operand, QueryError> {
    const WANTED: &str = "a text in single quotes, a number, TIME or DATE";
    let token = tokens.wanted(WANTED)?;
    if let Some(text) = token.quoted() {
        return Ok(Operand::Text(text.to_owned()));
    }
    if matches!(token.text, "TIME" | "DATE") {
        let moment = tokens.wanted("a time")?;
        return time(moment.text).map(Operand::Time).ok_or_else(|| moment.unexpected("a time"));
    }
    Number::parse(token.text).map(Operand::Number).ok_or_else(|| token.unexpected(WANTED))
}

impl<'a> Token<'a> {
    fn unexpected(self, wanted: &'static str) -> QueryError {
        QueryError::Unexpected { offset: self.offset, found: self.text.to_owned(), wanted }
    }

    fn is_tag(self) -> bool {
        !self.text.starts_with(['\'', '<', '>', '=']) && !matches!(self.text, "AND" | "EXISTS" | "CONTAINS")
    }

    fn quoted(self) -> Option<&'a str> {
        self.text.strip_prefix('\'')?.strip_suffix('\'').filter(|_| self.text.len() >= 2)
    }
}

impl<'a> Tokens<'a> {
    fn wanted(&mut self, wanted: &'static str) -> Result<Token<'a>, QueryError> {
        let end = QueryError::Unexpected { offset: self.text.len(), found: String::new(), wanted };
        self.next().ok_or(end)
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start();
        let offset = self.text.len() - rest.len();
        let length = length(rest)?;
        self.at = offset + length;
        Some(Token { offset, text: &rest[..length] })
    }
}

/// Bytes of the token that a text begins with.
fn length(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    Some(match first {
        '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
        '<' | '>' if rest[1..].starts_with('=') => 2,
        '<' | '>' | '=' => 1,
        _ => {
            let ends = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '=' | '\'');
            rest.find(ends).unwrap_or(rest.len())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_and_where() {
        let table = [
            ("", 0),
            ("malformed query", 10),
            ("tx.height", 9),
            ("tx.height =", 11),
            ("tx.height = x", 12),
            ("= 5", 0),
            ("a = 'x' OR b = 'y'", 8),
            ("a = 'x' AND", 11),
            ("a = 'x", 4),
            ("a CONTAINS 5", 11),
            ("a > TIME yesterday", 9),
        ];
        for (text, at) in table {
            match conditions(text) {
                Err(QueryError::Unexpected { offset, .. }) => assert_eq!(offset, at, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert_eq!(conditions(&"a".repeat(9_999)), Err(QueryError::Length(9_999)));
    }
}
