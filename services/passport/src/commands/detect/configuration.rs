//! From candidates to a configuration.

use std::borrow::Cow;
use std::collections::BTreeSet;

use passport_connector_sdk::detect::{Proposal, Setting};

use super::both::Found;
use crate::output::{Candidate, Detected, Skipped};

/// Where sources are proposed. Names, or blanks.
pub struct Place {
    pub workspace: String,
    pub service: String,
    pub environment: String,
}

type Entries = Vec<(Cow<'static, str>, Setting)>;

/// What was recognized, with a configuration of all of it.
pub fn propose(found: Vec<Found>, place: &Place, skipped: Skipped) -> Detected {
    let mut taken = BTreeSet::new();
    let mut sources = Entries::new();
    let mut candidates = Vec::new();
    for found in found {
        let name = free(&found.proposal.name, &mut taken);
        let source = source(found.connector, found.proposal);
        candidates.push(Candidate {
            connector: found.connector,
            source: name.clone(),
            found_in: found.found_in,
            blanks: source.blanks(),
            why: found.why,
        });
        sources.push((name.into(), source));
    }
    Detected {
        configuration: (!sources.is_empty()).then(|| placed(sources, place)),
        detected: candidates,
        skipped,
    }
}

/// The name, or the first of `name-2`, `name-3` … that no other source has.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = |nth: usize| {
        let end = format!("-{nth}");
        let room = 40_usize.saturating_sub(end.len());
        let start: String = name.chars().take(room).collect();
        format!("{start}{end}")
    };
    let mut free = name.to_owned();
    let mut nth = 2;
    while !taken.insert(free.clone()) {
        free = numbered(nth);
        nth += 1;
    }
    free
}

fn source(connector: &'static str, proposal: Proposal) -> Setting {
    let connector = ("connector".into(), connector.into());
    Setting::Table([connector].into_iter().chain(proposal.settings).collect())
}

fn placed(sources: Entries, place: &Place) -> Setting {
    let below = |key: String, value| Setting::Table(vec![(key.into(), value)]);
    let word = |key: &'static str, value| below(key.to_owned(), value);
    let environment = word("sources", Setting::Table(sources));
    let environments = word(
        "environments",
        below(place.environment.clone(), environment),
    );
    let services = word("services", below(place.service.clone(), environments));
    word("workspaces", below(place.workspace.clone(), services))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_one_name_are_told_apart() {
        let mut taken = BTreeSet::new();
        let names: Vec<_> = ["scan", "scan", "other", "scan"]
            .map(|it| free(it, &mut taken))
            .into();
        assert_eq!(names, ["scan", "scan-2", "other", "scan-3"]);
        let long = "a".repeat(40);
        free(&long, &mut taken);
        assert_eq!(free(&long, &mut taken), format!("{}-2", "a".repeat(38)));
    }
}
