//! The words of the exchange as clients write and read them.

use seiza_types::exchange::{OrderKind, OrderSide, SelfTradeRule, TriggerKind};

/// A set of words, each for one value.
pub(crate) type Words<T> = &'static [(&'static str, T)];

/// Sides of a market.
pub(crate) const SIDES: Words<OrderSide> = &[("buy", OrderSide::Buy), ("sell", OrderSide::Sell)];

/// Kinds of orders.
pub(crate) const KINDS: Words<OrderKind> = &[
    ("limit", OrderKind::Limit),
    ("post_only", OrderKind::PostOnly),
    ("ioc", OrderKind::ImmediateOrCancel),
    ("fok", OrderKind::FillOrKill),
    ("market", OrderKind::Market),
];

/// Kinds of triggers.
pub(crate) const TRIGGERS: Words<TriggerKind> =
    &[("stop", TriggerKind::Stop), ("take_profit", TriggerKind::TakeProfit)];

/// What happens instead of a trade with oneself.
pub(crate) const SELF_TRADE: Words<SelfTradeRule> = &[
    ("cancel_newest", SelfTradeRule::CancelNewest),
    ("cancel_oldest", SelfTradeRule::CancelOldest),
    ("cancel_both", SelfTradeRule::CancelBoth),
];

/// The word for a value.
pub(crate) fn word<T: PartialEq>(words: Words<T>, value: &T) -> &'static str {
    words.iter().find(|(_, other)| other == value).map_or("unknown", |(word, _)| word)
}

/// The value of a word.
pub(crate) fn value<T: Copy>(words: Words<T>, word: &str) -> Option<T> {
    words.iter().find(|(other, _)| *other == word).map(|(_, value)| *value)
}

/// All words of a set, for an error: `buy, sell`.
pub(crate) fn listed<T>(words: Words<T>) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for (text, kind) in KINDS {
            assert_eq!((word(KINDS, kind), value(KINDS, text)), (*text, Some(*kind)));
        }
        assert_eq!(value(SIDES, "Buy"), None);
        assert_eq!(listed(SIDES), "buy, sell");
    }
}
