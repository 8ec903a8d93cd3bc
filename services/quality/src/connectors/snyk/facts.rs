//! Facts that both ways of coming to know have in common. Pure.

use passport_evidence::{Fact, FactName, Limits, Reason, Threshold};

use super::{
    doubt::{self, Doubt},
    settings::{Levels, Wanted},
    severity::{Counts, Issues, Severity},
};

const SECURITY: FactName = FactName::fixed("security_issues");
const LICENSE: FactName = FactName::fixed("license_issues");
const FIXABLE: FactName = FactName::fixed("fixable_issues");
const IGNORED: FactName = FactName::fixed("ignored_issues");

/// The counts over all projects of the scope. `doubt`: why there may be more of a severity.
pub fn of_issues(
    issues: &Issues,
    wanted: &Wanted,
    doubt: impl Fn(Severity) -> Option<Doubt>,
) -> Vec<Fact> {
    let counted = |name: &FactName, counts: &Counts, limits: &Limits, of: Severity| {
        doubt::judge(name.clone(), counts.of(of), limits, doubt(of)).about(of.as_str())
    };
    let security = Severity::ALL.map(|of| {
        let limits = wanted.security.of(of);
        counted(&SECURITY, &issues.security, limits, of)
    });
    let license = Severity::ALL.into_iter().filter_map(|of| {
        let limits = wanted.license.of(of);
        let is_wanted = limits.threshold.is_some();
        is_wanted.then(|| counted(&LICENSE, &issues.license, limits, of))
    });
    let fixable = [Severity::Critical, Severity::High].map(|of| {
        let nothing = Limits::default();
        counted(&FIXABLE, &issues.fixable, &nothing, of)
    });
    let judged = Severity::ALL.into_iter().filter(|of| wanted.judges(*of));
    let gravest = Doubt::gravest(judged.filter_map(&doubt));
    let none = Limits::from(Threshold::equals("0"));
    let ignored = doubt::ignored(IGNORED, issues.ignored, &none, gravest);
    let mut facts = Vec::from(security);
    facts.extend(license);
    facts.extend(fixable);
    facts.push(ignored);
    facts
}

/// Whether more were found of any severity than is allowed.
pub fn is_above(issues: &Issues, wanted: &Wanted) -> bool {
    let above = |counts: &Counts, levels: &Levels| {
        let mut all = Severity::ALL.into_iter();
        all.any(|of| {
            let fact = doubt::judge(SECURITY, counts.of(of), levels.of(of), None);
            fact.reason() == Some(Reason::ThresholdMissed)
        })
    };
    above(&issues.security, &wanted.security) || above(&issues.license, &wanted.license)
}
