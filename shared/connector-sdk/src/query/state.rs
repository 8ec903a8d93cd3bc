//! Queries that a provider answers with a state instead of a number.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

/// What a named query asks for whose answer is a state.
#[derive(Debug, Clone)]
pub struct AskedState {
    /// The fact that it gives.
    pub name: FactName,
    /// Qualifies the name where several queries give the same fact.
    pub item: Option<String>,
    /// The state that is wanted. `None`: shown and not judged.
    pub wanted: Option<Threshold>,
}

impl AskedState {
    /// A fact of this query about which nothing could be concluded.
    pub fn unknown(&self, reason: Reason) -> Fact {
        self.finish(Fact::unknown(self.name.clone(), reason))
    }

    /// The fact that a state gives. A word that is not in the table may be anything: it is not shown, and
    /// so has no time.
    pub fn judge(&self, state: &str, table: &StateTable, seen_at: DateTime<Utc>) -> Fact {
        if table.meaning(state) == Meaning::Unknown(Reason::UnrecognizedState) {
            return self.unknown(Reason::UnrecognizedState);
        }
        let fact = match self.wanted {
            Some(_) => Fact::state(self.name.clone(), state, table),
            None => Fact::not_applicable(self.name.clone(), Reason::Informational).showing(state),
        };
        self.finish(fact.observed(Some(seen_at)))
    }

    fn finish(&self, fact: Fact) -> Fact {
        let fact = fact.wanting(self.wanted.clone());
        match &self.item {
            Some(item) => fact.about(item),
            None => fact,
        }
    }
}

#[cfg(test)]
mod tests {
    use passport_evidence::Status;

    use super::*;
    use crate::stub::at;

    const TABLE: StateTable = StateTable::new(&[
        ("OK", Meaning::Passed),
        ("Warn", Meaning::Warning(Reason::Degraded)),
    ]);

    fn asked(wanted: Option<&str>) -> AskedState {
        AskedState {
            name: FactName::fixed("state"),
            item: Some("a".to_owned()),
            wanted: wanted.map(|it| it.parse().unwrap()),
        }
    }

    fn judged(wanted: Option<&str>, state: &str) -> (Status, Option<Reason>, Option<String>) {
        let fact = asked(wanted).judge(state, &TABLE, at(0));
        assert_eq!(fact.item(), Some("a"));
        assert_eq!(fact.observed_at().is_some(), fact.value().is_some());
        (fact.status(), fact.reason(), fact.value_text())
    }

    #[test]
    fn a_state_is_what_the_table_says() {
        let shown = |state: &str| Some(state.to_owned());
        assert_eq!(
            judged(Some("= OK"), "OK"),
            (Status::Passed, None, shown("OK"))
        );
        let warned = (Status::Warning, Some(Reason::Degraded), shown("Warn"));
        assert_eq!(judged(Some("= OK"), "Warn"), warned);
        assert_eq!(judged(Some("in OK, Warn"), "Warn"), warned);
    }

    #[test]
    fn what_is_not_in_the_table_is_not_shown() {
        let unknown = (Status::Unknown, Some(Reason::UnrecognizedState), None);
        assert_eq!(judged(Some("= OK"), "ok"), unknown);
        assert_eq!(judged(None, "ok"), unknown);
    }

    #[test]
    fn where_nothing_is_wanted_nothing_is_judged() {
        let (status, reason, _) = judged(None, "OK");
        assert_eq!(
            (status, reason),
            (Status::NotApplicable, Some(Reason::Informational))
        );
    }

    #[test]
    fn a_state_that_is_not_the_wanted_one_never_passes() {
        let (status, reason, _) = judged(Some("= Warn"), "OK");
        assert_eq!(
            (status, reason),
            (Status::Unknown, Some(Reason::Contradictory))
        );
    }
}
