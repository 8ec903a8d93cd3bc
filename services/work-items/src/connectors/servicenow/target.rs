//! The one change that is meant. Pure.

use passport_evidence::Subject;

use super::{cell, model::Change, names, wanted::Wanted};

/// The one change that is meant, for one subject.
#[derive(Debug)]
pub struct Target<'a> {
    wanted: &'a Wanted,
    correlation: Option<String>,
}

impl<'a> Target<'a> {
    /// The change of this subject; `None` where the subject lacks a part that names it, or has one that
    /// would be read as a query.
    pub fn of(wanted: &'a Wanted, subject: Option<&Subject>) -> Option<Self> {
        let correlation = match &wanted.correlation {
            None => None,
            Some(text) => Some(text.filled(subject).filter(|it| names::is_value(it))?),
        };
        Some(Self {
            wanted,
            correlation,
        })
    }

    /// What the query asks for. All in it was checked to stand for itself.
    pub fn condition(&self) -> String {
        match (&self.wanted.change, &self.correlation) {
            (Some(number), _) => format!("number={number}"),
            (None, correlation) => {
                format!(
                    "correlation_id={}",
                    correlation.as_deref().unwrap_or_default()
                )
            }
        }
    }

    /// Whether a record is what was asked for: an instance ignores the parts of a query that it does not
    /// understand.
    pub fn is(&self, change: &Change) -> bool {
        let wanted = [
            (&self.wanted.change, &change.number),
            (&self.correlation, &change.correlation_id),
            (&self.wanted.group, &change.assignment_group),
            (&self.wanted.item, &change.cmdb_ci),
        ];
        wanted.into_iter().all(|(wanted, found)| {
            let is_it = |it: &String| cell::is(found.as_ref(), it);
            wanted.as_ref().is_none_or(is_it)
        })
    }
}
