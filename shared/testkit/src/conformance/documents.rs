//! The JSON documents of a case: answers of the provider, and deliveries.

use std::fmt;

use serde_json::Value;

use crate::case::{Case, Response};

/// A document and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Document {
    place: Place,
    pub json: Value,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// The answer of this exchange.
    Answer(usize),
    /// The body of this delivery.
    Delivery(usize),
}

/// A text in the form of a well-known kind of token.
pub(super) fn planted() -> String {
    format!("ghp_{}", "a1B2".repeat(9))
}

/// All JSON documents of a case.
pub(super) fn of(case: &Case) -> Vec<Document> {
    let answers = case.exchanges.iter().enumerate().filter_map(|(at, it)| {
        let json = json_of(it.response.as_ref()?)?;
        Some((Place::Answer(at), json))
    });
    let deliveries = case.deliveries.iter().enumerate().filter_map(|(at, it)| {
        let json = serde_json::from_str(it.body_text.as_deref()?).ok()?;
        Some((Place::Delivery(at), json))
    });
    answers
        .chain(deliveries)
        .map(|(place, json)| Document { place, json })
        .collect()
}

fn json_of(response: &Response) -> Option<Value> {
    match (&response.body, &response.body_text) {
        (Some(body), _) => Some(body.clone()),
        (None, Some(text)) => serde_json::from_str(text).ok(),
        (None, None) => None,
    }
}

// === impl Document ===

impl Document {
    /// The case with another document in this one's place.
    pub(super) fn put(&self, case: &Case, json: Value) -> Case {
        let mut case = case.clone();
        match self.place {
            Place::Answer(at) => {
                let exchange = case.exchanges.get_mut(at);
                if let Some(response) = exchange.and_then(|it| it.response.as_mut()) {
                    response.body = Some(json);
                }
            }
            Place::Delivery(at) => {
                if let Some(delivery) = case.deliveries.get_mut(at) {
                    delivery.body_text = Some(json.to_string());
                }
            }
        }
        case
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Answer(at) => write!(f, "answer {at}"),
            Place::Delivery(at) => write!(f, "delivery {at}"),
        }
    }
}
