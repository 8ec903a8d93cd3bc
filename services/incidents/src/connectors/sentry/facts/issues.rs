//! How many groups of events there are. Pure.

use std::collections::BTreeSet;

use passport_evidence::{Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status};

use super::{Judged, threshold, unknown};
use crate::connectors::sentry::{asked::Issues, pull::Read};

/// Groups that were put away.
const PUT_AWAY: StateTable = StateTable::new(&[("archived", Meaning::Warning(Reason::Suppressed))]);

/// Which groups a query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Those that are open.
    Unresolved,
    /// Those that were put away.
    Archived,
}

/// What the window shows besides groups.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The release was at work.
    pub is_alive: bool,
    /// So many events were dropped that what is missing means nothing.
    pub is_lossy: bool,
}

/// Zero is only believed of a release that was seen at work, and of a list that was read to its end.
pub fn fact(
    name: FactName,
    read: &Read<Issues>,
    kind: Kind,
    judged: Judged<'_>,
    seen: Seen,
) -> Fact {
    let issues = match read {
        Ok(dated) => &dated.read,
        Err(reason) => return unknown(name, judged.wanted, *reason),
    };
    let counted = Counted::of(issues, kind, judged.project);
    let fact = judge(name, counted.own, kind, judged);
    let doubts = [
        (counted.is_foreign, Reason::FilterNotApplied),
        (counted.is_doubled || !issues.is_whole, Reason::Incomplete),
        (seen.is_lossy, Reason::Incomplete),
        (counted.own == 0 && !seen.is_alive, Reason::NoData),
    ];
    let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
    doubts.fold(fact, |fact, (_, reason)| fact.doubt(reason))
}

fn judge(name: FactName, own: u64, kind: Kind, judged: Judged<'_>) -> Fact {
    let wanted = threshold(&name, judged.wanted);
    let limits = Limits {
        threshold: wanted.clone(),
        warn_threshold: None,
    };
    let fact = Fact::measured(name.clone(), Quantity::count(own).into(), &limits);
    match (kind, fact.status()) {
        // Whoever archived them has seen them: a reservation, and no miss.
        (Kind::Archived, Status::Failed) => Fact::state(name, "archived", &PUT_AWAY)
            .showing(own.to_string().as_str())
            .wanting(wanted),
        (_, _) => fact,
    }
}

/// What a list holds.
struct Counted {
    own: u64,
    is_foreign: bool,
    is_doubled: bool,
}

impl Counted {
    fn of(issues: &Issues, kind: Kind, project: &str) -> Self {
        let status = match kind {
            Kind::Unresolved => "unresolved",
            Kind::Archived => "ignored",
        };
        let all = &issues.rows;
        let own = all
            .iter()
            .filter(|it| it.project.id.text() == project && it.status == status);
        let own: Vec<_> = own.map(|it| it.id.text()).collect();
        let distinct: BTreeSet<_> = own.iter().collect();
        Self {
            own: distinct.len() as u64,
            is_foreign: own.len() < all.len(),
            is_doubled: distinct.len() < own.len(),
        }
    }
}
