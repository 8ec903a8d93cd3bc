//! Parts of an answer, one of which may be odd while the others are read.

use passport_evidence::Reason;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A part of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Part<T> {
    /// It is not there.
    #[default]
    Missing,
    /// It is null: providers say so where there is nothing.
    Null,
    /// It is of another type.
    Odd,
    /// It is this.
    Is(T),
}

impl<T> Part<T> {
    /// What it says; `None`: that there is nothing.
    ///
    /// # Errors
    /// It does not say it.
    pub fn told(&self) -> Result<Option<&T>, Reason> {
        match self {
            Self::Is(it) => Ok(Some(it)),
            Self::Null => Ok(None),
            Self::Missing | Self::Odd => Err(Reason::UnexpectedShape),
        }
    }

    /// What it says, for what nothing is judged by.
    pub fn if_told(&self) -> Option<&T> {
        self.told().ok().flatten()
    }

    /// What it says.
    ///
    /// # Errors
    /// It does not say it, or says that there is nothing.
    pub fn required(&self) -> Result<&T, Reason> {
        self.told()?.ok_or(Reason::UnexpectedShape)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::Null);
        }
        Ok(serde_json::from_value(value).map_or(Self::Odd, Self::Is))
    }
}
