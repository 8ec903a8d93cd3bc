//! Facts about the scan itself.

use passport_evidence::{Fact, FactName, Meaning, Quantity, Reason, StateTable, Threshold, Value};

use crate::connectors::trivy::{
    settings::Declared,
    summary::{ArtifactKind, Format, Os, PackageClass, Summary},
};

const SCAN_COVERAGE: FactName = FactName::fixed("scan_coverage");
const OS_SUPPORT: FactName = FactName::fixed("os_support");
const SUPPRESSED_FINDINGS: FactName = FactName::fixed("suppressed_findings");

/// Value where no class of packages has a result.
const NO_PACKAGES: &str = "none";

const COVERAGE: StateTable = StateTable::new(&[
    ("os-pkgs,lang-pkgs", Meaning::Passed),
    ("os-pkgs", Meaning::Passed),
    ("lang-pkgs", Meaning::Passed),
    (NO_PACKAGES, Meaning::Unknown(Reason::NoData)),
]);

/// Of what may be an image without packages that advisories apply to.
const COVERAGE_OF_AN_IMAGE: StateTable = StateTable::new(&[
    ("os-pkgs,lang-pkgs", Meaning::Warning(Reason::Incomplete)),
    ("os-pkgs", Meaning::Warning(Reason::Incomplete)),
    ("lang-pkgs", Meaning::Warning(Reason::Incomplete)),
    (NO_PACKAGES, Meaning::Unknown(Reason::NoData)),
]);

const SUPPORT: StateTable = StateTable::new(&[
    ("supported", Meaning::Passed),
    ("end_of_life", Meaning::Warning(Reason::Degraded)),
    ("not_detected", Meaning::Warning(Reason::NoData)),
]);

const SUPPRESSION: StateTable =
    StateTable::new(&[("some", Meaning::Warning(Reason::ThresholdMissed))]);

/// The facts about the scan itself.
pub fn facts(declared: &Declared, summary: &Summary) -> impl Iterator<Item = Fact> {
    let support = (summary.format == Format::Schema2).then(|| os_support(summary));
    let always = [scan_coverage(summary), suppressed(declared, summary)];
    always.into_iter().chain(support.flatten())
}

fn scan_coverage(summary: &Summary) -> Fact {
    let wanted = "!= none".parse().ok();
    if let Some(flaw) = summary.flaw() {
        return Fact::unknown(SCAN_COVERAGE, flaw).wanting(wanted);
    }
    let classes: Vec<_> = summary
        .packages
        .iter()
        .map(|it| PackageClass::as_str(*it))
        .collect();
    let value = match classes.as_slice() {
        [] => NO_PACKAGES.to_owned(),
        classes => classes.join(","),
    };
    let table = match summary.lacks_os_packages() {
        true => &COVERAGE_OF_AN_IMAGE,
        false => &COVERAGE,
    };
    Fact::state(SCAN_COVERAGE, &value, table).wanting(wanted)
}

fn os_support(summary: &Summary) -> Option<Fact> {
    let state = |state| {
        Fact::state(OS_SUPPORT, state, &SUPPORT).wanting(Some(Threshold::equals("supported")))
    };
    let of_image = match &summary.os {
        Os::NotDetected => state("not_detected"),
        Os::Unrecognized => Fact::unknown(OS_SUPPORT, Reason::UnrecognizedState)
            .wanting(Some(Threshold::equals("supported"))),
        Os::Unreadable => Fact::unknown(OS_SUPPORT, Reason::UnexpectedShape)
            .wanting(Some(Threshold::equals("supported"))),
        Os::Found {
            name,
            end_of_life: true,
        } => state("end_of_life").about(name),
        Os::Found {
            name,
            end_of_life: false,
        } => state("supported").about(name),
    };
    (summary.artifact == ArtifactKind::Image).then_some(of_image)
}

/// More than none is shown without what was wanted: a count beside a threshold that it misses would
/// be a failure, and this is none.
fn suppressed(declared: &Declared, summary: &Summary) -> Fact {
    let count = || Value::from(Quantity::count(summary.suppressed));
    let wanted = Threshold::equals("0");
    let unknown =
        |reason| Fact::unknown(SUPPRESSED_FINDINGS, reason).wanting(Some(Threshold::equals("0")));
    if summary.suppressed > 0 {
        return Fact::state(SUPPRESSED_FINDINGS, "some", &SUPPRESSION).showing(count());
    }
    if summary.format != Format::Schema2 || !summary.has_results {
        return unknown(summary.flaw().unwrap_or(Reason::NoData));
    }
    match declared.ignore_file {
        Some(false) => Fact::measured(SUPPRESSED_FINDINGS, count(), &wanted.into()),
        Some(true) => unknown(Reason::Suppressed),
        None => unknown(Reason::NotConfigured),
    }
}
