//! From what was kept to facts. Pure.

mod belief;
mod counts;
mod coverage;
mod digest;

use passport_evidence::{Fact, FactName, Reason, json};

use super::{
    choose::Report,
    database,
    settings::{Declared, Wanted},
    subject::Digests,
    summary::Summary,
};
use crate::upload;

/// What the facts are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// What is wanted of the counts.
    pub wanted: &'a Wanted,
    /// What the pipeline says that it scans with.
    pub declared: &'a Declared,
    /// Digests of what is being released.
    pub digests: &'a Digests,
}

const REPORT_TIME: FactName = FactName::fixed("report_time");

// === impl Judge ===

impl Judge<'_> {
    /// The facts of a report; `None`: none was kept.
    pub fn facts(&self, report: Option<&Report>) -> Vec<Fact> {
        match report {
            None => self.of_summary(&Summary::default()),
            Some(report) => {
                let facts = self.of_summary(&report.summary).into_iter();
                facts
                    .map(|it| upload::observed(it, report.scan_time()))
                    .collect()
            }
        }
    }

    fn of_summary(&self, summary: &Summary) -> Vec<Fact> {
        let counted = counts::facts(self, summary).into_iter();
        let judged = counted.chain(coverage::facts(self.declared, summary));
        let judged = judged.chain(database::age(summary, &self.wanted.database_age));
        let digest = digest::fact(summary, self.digests);
        let mut facts: Vec<_> = match digest::is_doubtful(&digest) {
            true => judged.map(of_another_subject).collect(),
            false => judged.collect(),
        };
        facts.extend([digest, report_time(summary)]);
        facts
    }
}

/// What was judged, was judged of something else.
fn of_another_subject(fact: Fact) -> Fact {
    match fact.threshold() {
        Some(_) => fact.contradict(Reason::OtherSubject),
        None => fact,
    }
}

fn report_time(summary: &Summary) -> Fact {
    match summary.created_at {
        Some(at) => Fact::not_applicable(REPORT_TIME, Reason::Informational)
            .showing(json::time(at).as_str()),
        None => Fact::unknown(REPORT_TIME, Reason::NoData),
    }
}
