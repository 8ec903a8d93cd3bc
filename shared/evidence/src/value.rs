//! What was found.

use crate::{quantity::Quantity, threshold::Threshold};

/// What was found: a figure, a lower bound of one, or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A measured figure.
    Exact(Quantity),
    /// The real figure is this or more.
    AtLeast(Quantity),
    /// A provider's state or other text. Commas separate the elements of a list.
    Text(String),
}

impl Value {
    /// Text of a value, as it stands in JSON, read back. A number keeps its unit.
    pub fn parse(text: &str) -> Self {
        let bound = text
            .strip_prefix(">= ")
            .and_then(|rest| Quantity::parse(rest).ok());
        match (bound, Quantity::parse(text)) {
            (Some(quantity), _) => Self::AtLeast(quantity),
            (None, Ok(quantity)) => Self::Exact(quantity),
            (None, Err(_)) => Self::Text(text.to_owned()),
        }
    }

    /// The quantity in it, exact or not.
    pub fn quantity(&self) -> Option<&Quantity> {
        match self {
            Self::Exact(quantity) | Self::AtLeast(quantity) => Some(quantity),
            Self::Text(_) => None,
        }
    }

    /// Text for a person and for JSON, never rounded across the threshold.
    pub fn display(&self, threshold: Option<&Threshold>) -> String {
        match self {
            Self::Exact(quantity) => quantity.display(|rounded| {
                threshold.is_none_or(|wanted| {
                    wanted.judge(&Self::Exact(rounded.clone())) == wanted.judge(self)
                })
            }),
            Self::AtLeast(quantity) => {
                let text = quantity.display(|rounded| {
                    rounded <= quantity
                        && threshold.is_none_or(|wanted| {
                            wanted.judge(&Self::AtLeast(rounded.clone())) == wanted.judge(self)
                        })
                });
                format!(">= {text}")
            }
            Self::Text(text) => text.clone(),
        }
    }
}

impl From<Quantity> for Value {
    fn from(quantity: Quantity) -> Self {
        Self::Exact(quantity)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
