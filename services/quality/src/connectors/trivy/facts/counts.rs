//! Facts that are counts of findings.

use passport_evidence::{Fact, FactName, Limits, Quantity, Value};

use super::{Judge, belief::Belief};
use crate::connectors::trivy::{
    settings::Scanner,
    severity::{Counts, Severity},
    summary::Summary,
};

const VULNERABILITIES: FactName = FactName::fixed("vulnerabilities");
const FIXABLE: FactName = FactName::fixed("fixable_vulnerabilities");
const SECRETS: FactName = FactName::fixed("secrets");
const MISCONFIGURATIONS: FactName = FactName::fixed("misconfigurations");

/// The counts of a report.
pub fn facts(judge: &Judge<'_>, summary: &Summary) -> Vec<Fact> {
    let vulnerabilities = Severity::ALL.map(|of| {
        let belief = Belief::in_vulnerabilities(summary, judge.declared, of);
        let limits = judge.wanted.vulnerabilities.of(of);
        let count = value(&summary.vulnerabilities, of);
        belief
            .judge(VULNERABILITIES, count, limits)
            .about(of.as_str())
    });
    let fixable = [Severity::Critical, Severity::High].map(|of| {
        let belief = Belief::in_vulnerabilities(summary, judge.declared, of);
        let count = value(&summary.fixable, of);
        let shown = belief.judge(FIXABLE, count, &Limits::default());
        shown.about(of.as_str())
    });
    let mut facts = Vec::from(vulnerabilities);
    facts.extend(fixable);
    facts.extend(secrets(judge, summary));
    facts.extend(misconfigurations(judge, summary).into_iter().flatten());
    facts
}

fn secrets(judge: &Judge<'_>, summary: &Summary) -> Option<Fact> {
    let is_asked = judge.declared.scans(Scanner::Secret);
    let is_told = summary.secrets > 0 || summary.has_secret_result;
    (is_asked || is_told).then(|| {
        let belief = Belief::in_secrets(summary, judge.declared);
        let count = Quantity::count(summary.secrets).into();
        belief.judge(SECRETS, count, &judge.wanted.secrets)
    })
}

fn misconfigurations(judge: &Judge<'_>, summary: &Summary) -> Option<[Fact; 5]> {
    let is_asked = judge.declared.scans(Scanner::Misconfig);
    let is_told = summary.has_config_result || !summary.misconfigurations.is_empty();
    (is_asked || is_told).then(|| {
        Severity::ALL.map(|of| {
            let belief = Belief::in_misconfigurations(summary, judge.declared, of);
            let limits = judge.wanted.misconfigurations.of(of);
            let count = value(&summary.misconfigurations, of);
            belief
                .judge(MISCONFIGURATIONS, count, limits)
                .about(of.as_str())
        })
    })
}

/// Where the severity of some is not told, each may be of this one.
fn value(counts: &Counts, of: Severity) -> Value {
    let count = Quantity::count(counts.of(of));
    match counts.has_untold() {
        true => Value::AtLeast(count),
        false => Value::Exact(count),
    }
}
