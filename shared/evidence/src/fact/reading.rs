//! What a fact says.

use chrono::{DateTime, Utc};

use super::Fact;
use crate::{
    actor::Actors, excerpts::Excerpts, names::FactName, query_digest::QueryDigest, reason::Reason,
    status::Status, threshold::Threshold, value::Value,
};

impl Fact {
    /// From a closed set of each connector.
    pub fn name(&self) -> &FactName {
        &self.name
    }

    /// What was concluded.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What was found.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// What was found, as text.
    pub fn value_text(&self) -> Option<String> {
        self.value
            .as_ref()
            .map(|value| value.display(self.threshold.as_ref()))
    }

    /// What was wanted.
    pub fn threshold(&self) -> Option<&Threshold> {
        self.threshold.as_ref()
    }

    /// What the fact is about, where one name covers several.
    pub fn item(&self) -> Option<&str> {
        self.item.as_deref()
    }

    /// Why it is not passed.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// When the provider's data was true.
    pub fn observed_at(&self) -> Option<DateTime<Utc>> {
        self.observed_at
    }

    /// Where a person can look.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// What log lines behind the fact look like.
    pub fn excerpts(&self) -> &Excerpts {
        &self.excerpts
    }

    /// What was found where things were well.
    pub fn baseline(&self) -> Option<&Value> {
        self.baseline.as_ref()
    }

    /// Which persons are behind it, by ids that tell nothing of them.
    pub fn actors(&self) -> &Actors {
        &self.actors
    }

    /// Which question it is the answer to; `None`: one that is not configured as a text.
    pub fn query(&self) -> Option<&QueryDigest> {
        self.query.as_ref()
    }
}
