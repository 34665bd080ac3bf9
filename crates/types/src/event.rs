//! What native modules tell the outside world: Cosmos events, plain attributes.
//!
//! Nothing that is hashed covers an event, and most are never read. So what a module says is kept as it is, addresses as
//! addresses and coins as coins, and becomes text for those who ask.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::{Coin, SeiAddress};

/// Attributes of an event. Most events have no more than three, which lie in the event itself.
pub type Attributes = SmallVec<[EventAttribute; 3]>;

/// One event, e.g. `transfer { recipient, sender, amount }`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The event's type.
    pub kind: Cow<'static, str>,
    /// Its attributes, in the order given.
    pub attributes: Attributes,
}

/// One attribute of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventAttribute {
    /// Name.
    pub key: Cow<'static, str>,
    /// What it says.
    pub value: EventValue,
}

/// What an attribute says. Two are equal if their texts are.
#[derive(Debug, Clone)]
pub enum EventValue {
    /// A text.
    Text(Cow<'static, str>),
    /// An account, written `sei1...`.
    Account(SeiAddress),
    /// Coins, written one after the other with commas between them.
    Coins(Arc<[Coin]>),
}

impl Event {
    /// An event of the given type.
    #[must_use]
    pub fn new(kind: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: kind.into(), attributes: Attributes::new() }
    }

    /// The same event with one more attribute.
    #[must_use]
    pub fn with(self, key: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.saying(key, EventValue::Text(value.to_string().into()))
    }

    /// The same event with one more attribute, which becomes text when somebody asks.
    #[must_use]
    pub fn saying(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<EventValue>) -> Self {
        self.attributes.push(EventAttribute { key: key.into(), value: value.into() });
        self
    }
}

impl EventValue {
    /// The value as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Account(_) | Self::Coins(_) => Cow::Owned(self.to_string()),
        }
    }
}

impl fmt::Display for EventValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Account(address) => address.fmt(f),
            Self::Coins(coins) => {
                let commas = std::iter::once("").chain(std::iter::repeat(","));
                commas.zip(coins.iter()).try_for_each(|(comma, coin)| write!(f, "{comma}{coin}"))
            }
        }
    }
}

impl Default for EventValue {
    fn default() -> Self {
        Self::Text(Cow::default())
    }
}

impl PartialEq for EventValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Account(one), Self::Account(other)) => one == other,
            (Self::Coins(one), Self::Coins(other)) if one == other => true,
            _ => self.text() == other.text(),
        }
    }
}

impl Eq for EventValue {}

impl PartialEq<&str> for EventValue {
    fn eq(&self, other: &&str) -> bool {
        self.text() == *other
    }
}

impl From<&'static str> for EventValue {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for EventValue {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<SeiAddress> for EventValue {
    fn from(address: SeiAddress) -> Self {
        Self::Account(address)
    }
}

impl From<Arc<[Coin]>> for EventValue {
    fn from(coins: Arc<[Coin]>) -> Self {
        Self::Coins(coins)
    }
}
