//! From what was kept to facts. Pure.

mod network;
mod screenshots;
mod tests;

use std::collections::BTreeSet;

use passport_connector_sdk::digests::Digests;
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Threshold, Value,
};
use sha2::{Digest, Sha256};

use super::{
    choose::Bundle,
    settings::Wanted,
    summary::{Console, Of, Summary},
};
use crate::upload;
pub use screenshots::PARTS;

/// What bundles are judged by.
pub struct Judge<'a> {
    /// What is wanted of the figures.
    pub wanted: &'a Wanted,
    /// Fingerprints of console errors that are known.
    pub known: &'a BTreeSet<String>,
    /// Digests of what is being released.
    pub digests: &'a Digests<'a>,
}

const INTEGRITY: FactName = FactName::fixed("bundle_integrity");
const CONSOLE: FactName = FactName::fixed("console_error_count");

const BUNDLES: StateTable = StateTable::new(&[
    ("altered", Meaning::Failed(Reason::Contradictory)),
    ("other_artifact", Meaning::Failed(Reason::OtherSubject)),
]);

// === impl Judge ===

impl Judge<'_> {
    /// The facts of the newest bundle. Of several that end at one moment the worst is taken.
    pub fn facts(&self, bundles: &[&Bundle]) -> Vec<Fact> {
        let mut of_bundles = bundles.iter().map(|it| self.of_bundle(it));
        let Some(first) = of_bundles.next() else {
            return self.nothing(Reason::NoData);
        };
        of_bundles.fold(first, |worst, next| {
            let pairs = worst.into_iter().zip(next);
            pairs
                .map(|(one, other)| Fact::fold(one.name().clone(), &[one, other]))
                .collect()
        })
    }

    fn of_bundle(&self, bundle: &Bundle) -> Vec<Fact> {
        let facts = match &bundle.summary {
            Some(summary) => self.of_summary(summary),
            None => self.nothing(Reason::Incomplete),
        };
        let facts = facts.into_iter();
        facts
            .map(|it| upload::observed(it, bundle.time()))
            .collect()
    }

    fn of_summary(&self, summary: &Summary) -> Vec<Fact> {
        let is_other = !self.digests.is_empty() && !self.digests.has(&summary.artifact);
        let judged = [
            tests::fact(&summary.tests),
            screenshots::fact(summary, &self.wanted.screenshots),
            self.console(&summary.console),
            network::failures(&summary.network, &self.wanted.network),
            network::refused(&summary.network, self.wanted.http_4xx.as_ref()),
        ];
        let judged = judged.into_iter().map(|fact| match is_other {
            true => fact.contradict(Reason::OtherSubject),
            false => fact,
        });
        std::iter::once(self.integrity(summary, is_other))
            .chain(judged)
            .collect()
    }

    fn nothing(&self, reason: Reason) -> Vec<Fact> {
        let wanted = self.wanted;
        let unknown =
            |name, wanted: Option<&Threshold>| Fact::unknown(name, reason).wanting(wanted.cloned());
        vec![
            unknown(INTEGRITY, None),
            unknown(tests::NAME, None),
            unknown(screenshots::NAME, Some(&wanted.screenshots)),
            unknown(CONSOLE, Some(&wanted.console)),
            unknown(network::FAILURES, Some(&wanted.network)),
            unknown(network::REFUSED, wanted.http_4xx.as_ref()),
        ]
    }

    /// Whether the bundle is whole, and about what is being released.
    fn integrity(&self, summary: &Summary, is_other: bool) -> Fact {
        let files = summary.files;
        let text = |count: u64| format!("{count}/{} files", files.listed);
        let found = text(files.matching);
        let state = |word| Fact::state(INTEGRITY, word, &BUNDLES).showing(found.as_str());
        let unknown = |reason| Fact::unknown(INTEGRITY, reason).showing(found.as_str());
        if files.matching + files.missing < files.listed {
            return state("altered");
        }
        if is_other {
            return state("other_artifact");
        }
        if files.missing > 0 {
            return unknown(Reason::Incomplete);
        }
        if files.listed == 0 {
            return unknown(Reason::NoData);
        }
        if self.digests.is_empty() {
            return unknown(Reason::NoSubject);
        }
        let all = Threshold::equals(&text(files.listed));
        Fact::measured(INTEGRITY, found.as_str().into(), &all.into())
    }

    /// A console without any line is one that nobody listened to.
    fn console(&self, console: &Of<Console>) -> Fact {
        let wanted = &self.wanted.console;
        if console.found.lines == 0 {
            let reason = console.doubt().unwrap_or(Reason::NoData);
            return Fact::unknown(CONSOLE, reason).wanting(Some(wanted.clone()));
        }
        let known: BTreeSet<_> = self.known.iter().map(|it| fingerprint(it)).collect();
        let new = console.found.errors.difference(&known).count() as u64;
        counted(CONSOLE, new, wanted, console.doubt())
    }
}

/// What is kept of a fingerprint: its own digest.
pub fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// A count against its threshold. What is doubted fails where even what is known is too much.
fn counted(name: FactName, count: u64, wanted: &Threshold, doubt: Option<Reason>) -> Fact {
    let limits = Limits::from(wanted.clone());
    let fact = Fact::measured(name, Value::from(Quantity::count(count)), &limits);
    doubted(fact, doubt)
}

fn doubted(fact: Fact, doubt: Option<Reason>) -> Fact {
    match doubt {
        Some(reason) => fact.doubt(reason),
        None => fact,
    }
}
