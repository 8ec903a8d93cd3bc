//! From what was kept to facts. Pure.

use passport_connector_sdk::Kept;
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use super::summary::{Flaw, Found, Summary};
use crate::{
    connectors::snyk::{
        doubt::Doubt,
        facts,
        settings::{Declared, Wanted},
        severity::{Issues, Severity},
    },
    upload::{self, ToldTime},
};

const RESULT: FactName = FactName::fixed("cli_result");
const STATES: StateTable = StateTable::new(&[
    ("ok", Meaning::Passed),
    ("vulnerable", Meaning::Warning(Reason::Degraded)),
    ("scan_error", Meaning::Unknown(Reason::Unavailable)),
    ("no_dependencies", Meaning::Unknown(Reason::NoData)),
]);
const ABOVE: StateTable = StateTable::new(&[("vulnerable", Meaning::Failed(Reason::BadState))]);

/// What uploads are judged by.
pub struct Judge<'a> {
    /// Projects that an upload must cover.
    pub projects: &'a std::collections::BTreeSet<String>,
    /// What is wanted of the counts.
    pub wanted: &'a Wanted,
    /// What the pipeline says that it tests with.
    pub declared: Declared,
}

// === impl Judge ===

impl Judge<'_> {
    /// The facts of the newest upload.
    pub fn facts(&self, kept: &Kept) -> Vec<Fact> {
        let uploads = kept.records.iter().map(|record| {
            let summary = Summary::read(&record.body);
            let stated_at = summary.as_ref().and_then(|it| it.stated_at);
            (ToldTime::of(stated_at, record.received_at), record, summary)
        });
        let newest = uploads.max_by_key(|(time, record, _)| time.no_later_than(record.received_at));
        let Some((time, _, summary)) = newest else {
            return self.nothing(Reason::NoData);
        };
        let facts = match summary {
            None => self.nothing(Reason::Incomplete),
            Some(summary) => self.of_upload(&summary),
        };
        let facts = facts.into_iter();
        facts.map(|fact| upload::observed(fact, time)).collect()
    }

    fn nothing(&self, reason: Reason) -> Vec<Fact> {
        let counted = facts::of_issues(&Issues::default(), self.wanted, |_| {
            Some(Doubt::Unknown(reason))
        });
        let results = self.projects.iter().map(|it| unknown(reason).about(it));
        counted.into_iter().chain(results).collect()
    }

    fn of_upload(&self, summary: &Summary) -> Vec<Fact> {
        let found = Issues::sum(summary.projects.values().map(|it| &it.issues));
        let counted = facts::of_issues(&found, self.wanted, |of| self.doubt(summary, of));
        let results = self.projects.iter().map(|name| {
            let found = summary.projects.get(name);
            let fact = found.map_or_else(|| unknown(Reason::Incomplete), |it| self.result(it));
            fact.about(name)
        });
        // Where it ran is told by no name that may be shown.
        let stray = (summary.strays > 0).then(|| state("scan_error", &STATES));
        counted.into_iter().chain(results).chain(stray).collect()
    }

    /// Why there may be more issues of a severity than are listed.
    fn doubt(&self, summary: &Summary, of: Severity) -> Option<Doubt> {
        let scanned = |it: &&Found| {
            let none = [Flaw::Error, Flaw::Nothing];
            !none.iter().any(|flaw| it.flaws.contains(flaw))
        };
        if !summary.projects.values().any(|it| scanned(&it)) {
            return Some(Doubt::Unknown(Reason::NoData));
        }
        let is_missing = |name: &String| !summary.projects.contains_key(name);
        let incomplete = summary.strays > 0 || self.projects.iter().any(is_missing);
        let incomplete = incomplete.then_some(Doubt::Unknown(Reason::Incomplete));
        let flaws = summary.projects.values().flat_map(|it| &it.flaws);
        let flaws = flaws.map(|flaw| match flaw {
            Flaw::Error => Doubt::Unknown(Reason::Incomplete),
            Flaw::Nothing => Doubt::Unknown(Reason::NoData),
            Flaw::Untold => Doubt::Unknown(Reason::UnrecognizedState),
            Flaw::Unexplained => Doubt::Unknown(Reason::Contradictory),
            Flaw::Fewer => Doubt::Fewer,
        });
        let hidden = match self.declared.severity_threshold {
            None => Some(Doubt::NotDeclared),
            Some(least) => (least > of).then_some(Doubt::Hidden),
        };
        Doubt::gravest(flaws.chain(incomplete).chain(hidden))
    }

    /// What the test of one project says. What is above a threshold fails, whatever else is wrong.
    fn result(&self, found: &Found) -> Fact {
        let has = |flaw| found.flaws.contains(&flaw);
        let lists = !found.issues.security.is_empty() || !found.issues.license.is_empty();
        if facts::is_above(&found.issues, self.wanted) {
            return state("vulnerable", &ABOVE);
        }
        if has(Flaw::Error) {
            return state("scan_error", &STATES);
        }
        if has(Flaw::Nothing) {
            return state("no_dependencies", &STATES);
        }
        let fact = match lists || has(Flaw::Untold) || has(Flaw::Fewer) {
            true => state("vulnerable", &STATES),
            false => state("ok", &STATES),
        };
        if has(Flaw::Untold) {
            return fact.doubt(Reason::UnrecognizedState);
        }
        match has(Flaw::Unexplained) {
            true => unknown(Reason::Contradictory),
            false => fact,
        }
    }
}

fn state(word: &str, table: &StateTable) -> Fact {
    Fact::state(RESULT, word, table).wanting(Some(Threshold::equals("ok")))
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(RESULT, reason).wanting(Some(Threshold::equals("ok")))
}
