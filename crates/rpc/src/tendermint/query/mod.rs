//! CometBFT's query language: conditions on tags, joined by AND.
//!
//! ```text
//! query     = condition { "AND" condition }
//! condition = tag ( "=" | "<" | "<=" | ">" | ">=" ) operand | tag "CONTAINS" text | tag "EXISTS"
//! operand   = 'text' | 17 | 3.14 | TIME 2026-11-28T10:00:00Z | DATE 2026-11-28
//! ```
//!
//! A tag may have many values; a condition holds where one of them meets it. Numbers are compared exactly, as decimals: a
//! value's number is the first one in it, so that `transfer.amount > 5` meets `10usei`.

mod number;
mod parse;

use std::collections::BTreeMap;

use seiza_types::{Height, Time};

pub(crate) use number::Number;
pub(crate) use parse::QueryError;

/// What queries look at: tags (`tm.event`, `transfer.sender`) and their values.
pub(crate) type Tags = BTreeMap<String, Vec<String>>;

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    tag: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Exists,
    Contains(String),
    Compare(Comparison, Operand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Text(String),
    Number(Number),
    Time(Time),
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`QueryError`], with the offset in bytes.
    pub(crate) fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { conditions: parse::conditions(text)? })
    }

    /// Whether every condition holds.
    pub(crate) fn matches(&self, tags: &Tags) -> bool {
        self.conditions.iter().all(|condition| condition.matches(tags))
    }

    /// The text that a tag must equal, where the query says so.
    pub(crate) fn text_of(&self, tag: &str) -> Option<&str> {
        self.conditions.iter().filter(|condition| condition.tag == tag).find_map(|condition| match &condition.test {
            Test::Compare(Comparison::Equal, Operand::Text(text)) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The least and the greatest whole number that the conditions on a tag allow.
    pub(crate) fn bounds_of(&self, tag: &str) -> (Option<Height>, Option<Height>) {
        let (mut low, mut high): (Option<Height>, Option<Height>) = (None, None);
        for condition in self.conditions.iter().filter(|condition| condition.tag == tag) {
            let Test::Compare(comparison, operand) = &condition.test else { continue };
            let Some(bound) = operand.whole() else { continue };
            let (least, most) = match comparison {
                Comparison::Equal => (Some(bound), Some(bound)),
                Comparison::AtLeast => (Some(bound), None),
                Comparison::Greater => (Some(bound.saturating_add(1)), None),
                Comparison::AtMost => (None, Some(bound)),
                Comparison::Less => (None, Some(bound.saturating_sub(1))),
            };
            low = low.max(least);
            high = match (high, most) {
                (Some(high), Some(most)) => Some(high.min(most)),
                (high, most) => high.or(most),
            };
        }
        (low, high)
    }
}

impl Operand {
    /// The number where it is whole; CometBFT takes heights in quotes as well.
    fn whole(&self) -> Option<Height> {
        match self {
            Self::Number(number) => number.whole(),
            Self::Text(text) => text.parse().ok(),
            Self::Time(_) => None,
        }
    }

    fn compare(&self, value: &str) -> Option<std::cmp::Ordering> {
        match self {
            Self::Text(text) => Some(value.cmp(text)),
            Self::Number(number) => Some(Number::first_in(value)?.cmp(number)),
            Self::Time(time) => Some(parse::time(value)?.cmp(time)),
        }
    }
}

impl Condition {
    fn matches(&self, tags: &Tags) -> bool {
        let Some(values) = tags.get(&self.tag) else { return false };
        match &self.test {
            Test::Exists => true,
            Test::Contains(text) => values.iter().any(|value| value.contains(text.as_str())),
            Test::Compare(comparison, operand) => {
                values.iter().any(|value| operand.compare(value).is_some_and(|order| comparison.allows(order)))
            }
        }
    }
}

impl Comparison {
    fn allows(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags() -> Tags {
        let pairs: [(&str, &[&str]); 5] = [
            ("tm.event", &["Tx"]),
            ("tx.height", &["7"]),
            ("transfer.amount", &["10usei", "3usei"]),
            ("message.sender", &["sei1abc", "sei1xyz"]),
            ("block.time", &["2026-11-28T10:00:00Z"]),
        ];
        pairs.iter().map(|(tag, values)| ((*tag).into(), values.iter().map(ToString::to_string).collect())).collect()
    }

    #[test]
    fn what_matches() {
        let table = [
            ("tm.event='Tx'", true),
            ("tm.event = 'NewBlock'", false),
            ("tm.event='Tx' AND tx.height=7", true),
            ("tm.event='Tx' AND tx.height = '7'", true),
            ("tm.event='Tx' AND tx.height>7", false),
            ("tx.height >= 7 AND tx.height <= 7", true),
            ("tx.height < 7.5", true),
            ("tx.height < 6.999", false),
            ("transfer.amount > 9", true),
            ("transfer.amount = 3", true),
            ("transfer.amount > 10", false),
            ("message.sender CONTAINS 'xyz'", true),
            ("message.sender CONTAINS 'abd'", false),
            ("message.sender EXISTS", true),
            ("message.action EXISTS", false),
            ("message.sender='sei1abc' AND message.sender='sei1xyz'", true),
            ("block.time > DATE 2026-11-27", true),
            ("block.time < TIME 2026-11-28T10:00:00Z", false),
            ("block.time <= TIME 2026-11-28T10:00:00Z", true),
        ];
        for (query, expected) in table {
            assert_eq!(Query::parse(query).unwrap().matches(&tags()), expected, "{query}");
        }
    }

    #[test]
    fn bounds_and_hashes() {
        let table = [
            ("tx.height = 5", (Some(5), Some(5))),
            ("tx.height > 5 AND tx.height < 9", (Some(6), Some(8))),
            ("tx.height >= 5 AND tx.height >= 7 AND tx.height <= 9 AND tx.height <= 8", (Some(7), Some(8))),
            ("tx.height <= 9", (None, Some(9))),
            ("tx.hash = 'AB'", (None, None)),
            ("tx.height > 18446744073709551615", (Some(u64::MAX), None)),
        ];
        for (query, bounds) in table {
            assert_eq!(Query::parse(query).unwrap().bounds_of("tx.height"), bounds, "{query}");
        }
        assert_eq!(Query::parse("a EXISTS AND tx.hash='AB'").unwrap().text_of("tx.hash"), Some("AB"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = Query::parse(&text).map(|query| query.matches(&tags()));
        }

        #[test]
        fn any_tokens_are_read_or_refused(
            tokens in proptest::collection::vec(prop::sample::select(vec![
                "tx.height", "=", "<", "<=", ">", ">=", "AND", "EXISTS", "CONTAINS", "'a'", "7", "1.5", "TIME", "DATE",
                "2026-11-28", "'", "(", "x",
            ]), 0..12),
        ) {
            let _ = Query::parse(&tokens.join(" ")).map(|query| query.matches(&tags()));
        }
    }
}
