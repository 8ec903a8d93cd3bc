//! How far a report can be believed where it shows no more than is allowed.

use passport_evidence::{Fact, FactName, Limits, Meaning, Reason, StateTable, Status, Value};

use crate::connectors::trivy::{
    settings::{Declared, Scanner},
    severity::Severity,
    summary::{ConfigSummary, Format, Summary},
};

/// How far it can be believed that there is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belief {
    /// All of it was looked at, and everything is shown.
    Full,
    /// Packages of the operating system are missing.
    Incomplete,
    /// What is hidden was not declared.
    NotDeclared,
    /// Findings of this kind are hidden.
    Hidden,
    /// That it was looked at is only said.
    OnlySaid,
    /// The report contradicts itself.
    Contradictory,
    /// A part of the report is missing.
    Partial,
    /// Nothing was looked at.
    Nothing,
}

const TABLE: StateTable = StateTable::new(&[
    ("incomplete", Meaning::Warning(Reason::Incomplete)),
    ("not_declared", Meaning::Warning(Reason::NotConfigured)),
    ("hidden", Meaning::Warning(Reason::Suppressed)),
    ("only_said", Meaning::Warning(Reason::SelfDeclared)),
    ("partial", Meaning::Unknown(Reason::Incomplete)),
    ("contradictory", Meaning::Unknown(Reason::Contradictory)),
    ("nothing", Meaning::Unknown(Reason::NoData)),
]);

// === impl Belief ===

impl Belief {
    /// Whether there are no more vulnerabilities of a severity than a report shows.
    pub fn in_vulnerabilities(summary: &Summary, declared: &Declared, of: Severity) -> Self {
        if let Some(flawed) = Self::in_flawed(summary) {
            return flawed;
        }
        if !summary.is_covered() {
            let only_said = summary.format == Format::Sarif && declared.scans(Scanner::Vuln);
            return if only_said {
                Self::OnlySaid
            } else {
                Self::Nothing
            };
        }
        if summary.lacks_os_packages() {
            return Self::Incomplete;
        }
        let hides_unfixed = declared.ignore_unfixed == Some(true);
        if hides_unfixed || declared.leaves_out(Scanner::Vuln) || hides(summary, declared, of) {
            return Self::Hidden;
        }
        let is_declared = declared.ignore_unfixed.is_some() && is_declared(declared);
        // What is less bad and can't be fixed would have been hidden first.
        match is_declared || summary.unfixed.has_below(of) {
            true => Self::Full,
            false => Self::NotDeclared,
        }
    }

    /// Whether there are no more misconfigurations of a severity than a report shows.
    pub fn in_misconfigurations(summary: &Summary, declared: &Declared, of: Severity) -> Self {
        if let Some(flawed) = Self::in_flawed(summary) {
            return flawed;
        }
        match summary.config_summary {
            ConfigSummary::Absent | ConfigSummary::Missing => Self::Nothing,
            ConfigSummary::Agrees if summary.config_checks == 0 => Self::Nothing,
            ConfigSummary::Differs => Self::Contradictory,
            ConfigSummary::Agrees if hides(summary, declared, of) => Self::Hidden,
            ConfigSummary::Agrees if is_declared(declared) => Self::Full,
            ConfigSummary::Agrees => Self::NotDeclared,
        }
    }

    /// Whether there are no more secrets than a report shows, of whatever severity.
    pub fn in_secrets(summary: &Summary, declared: &Declared) -> Self {
        if let Some(flawed) = Self::in_flawed(summary) {
            return flawed;
        }
        let hides_some = || Severity::ALL.iter().any(|of| hides(summary, declared, *of));
        match summary.has_secret_result {
            _ if summary.format == Format::Nothing => Self::Nothing,
            false => Self::OnlySaid,
            true if hides_some() => Self::Hidden,
            true if is_declared(declared) => Self::Full,
            true => Self::NotDeclared,
        }
    }

    /// Where the report is not whole.
    fn in_flawed(summary: &Summary) -> Option<Self> {
        summary
            .flaw()
            .map(|reason| match reason == Reason::Contradictory {
                true => Self::Contradictory,
                false => Self::Partial,
            })
    }

    const fn as_state(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incomplete => "incomplete",
            Self::NotDeclared => "not_declared",
            Self::Hidden => "hidden",
            Self::OnlySaid => "only_said",
            Self::Contradictory => "contradictory",
            Self::Partial => "partial",
            Self::Nothing => "nothing",
        }
    }

    /// A count judged against its limits: more than is allowed is more, however little else is
    /// believed; anything else is only worth as much as the report.
    pub fn judge(self, name: FactName, count: Value, limits: &Limits) -> Fact {
        let is_none = count.quantity().is_some_and(|it| *it.number() == 0);
        let judged = Fact::measured(name.clone(), count.clone(), limits);
        let threshold = limits.threshold.clone();
        match (judged.status(), self) {
            (Status::Passed, Self::Full) => judged,
            (Status::Passed | Status::NotApplicable, Self::Nothing) if is_none => {
                Fact::unknown(name, Reason::NoData).wanting(threshold)
            }
            // A bound of what is listed says little where something else is wrong too.
            (Status::Unknown, Self::Contradictory | Self::Partial) | (Status::Passed, _) => {
                Fact::state(name, self.as_state(), &TABLE)
                    .showing(count)
                    .wanting(threshold)
            }
            (
                Status::Failed
                | Status::Warning
                | Status::Pending
                | Status::Unknown
                | Status::NotApplicable,
                _,
            ) => judged,
        }
    }
}

/// Whether findings of a severity are hidden: by what is declared, or by an ignore file that the
/// report shows at work.
fn hides(summary: &Summary, declared: &Declared, of: Severity) -> bool {
    declared.hides(of) || declared.ignore_file == Some(true) || summary.has_ignored
}

fn is_declared(declared: &Declared) -> bool {
    declared.severities.is_some() && declared.ignore_file.is_some()
}
