//! What native modules tell the outside world: Cosmos events, plain attributes.

/// One event, e.g. `transfer { recipient, sender, amount }`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The event's type.
    pub kind: String,
    /// Its attributes, in the order given.
    pub attributes: Vec<EventAttribute>,
}

/// One attribute of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventAttribute {
    /// Name.
    pub key: String,
    /// Text value.
    pub value: String,
}

impl Event {
    /// An event of the given type.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.into(), attributes: Vec::new() }
    }

    /// The same event with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.attributes.push(EventAttribute { key: key.into(), value: value.to_string() });
        self
    }
}
