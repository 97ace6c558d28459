//! Events of transactions and blocks, and how to find an attribute in them.

use serde::Deserialize;

/// An event that a module or contract emitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Type, such as `transfer` or `wasm-market.bid_created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attributes in the order of emission.
    pub attributes: Vec<Attribute>,
}

/// Key and value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Attribute {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

impl Event {
    /// First value under `key`.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.key == key)
            .map(|attribute| attribute.value.as_str())
    }
}

/// Searches in a list of events.
pub trait Events {
    /// The events themselves.
    fn events(&self) -> &[Event];

    /// All events of a type.
    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events().iter().filter(move |event| event.kind == kind)
    }

    /// First value of `key` in the events of a type.
    fn attribute(&self, kind: &str, key: &str) -> Option<&str> {
        self.events()
            .iter()
            .filter(|event| event.kind == kind)
            .find_map(|event| event.attribute(key))
    }

    /// Values of `key` in all events of a type, in order.
    fn attribute_values<'a>(&'a self, kind: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.of_kind(kind).filter_map(move |event| event.attribute(key))
    }
}

impl Events for [Event] {
    fn events(&self) -> &[Event] {
        self
    }
}

impl Events for Vec<Event> {
    fn events(&self) -> &[Event] {
        self
    }
}
