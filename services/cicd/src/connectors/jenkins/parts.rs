//! What belongs to a build: where it was built for, its stages, files and tests. Pure.

use passport_connector_sdk::redaction::Redactor;
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold,
};
use serde_json::Value;

use super::{
    facts::Found,
    model::{Build, Stages, Tests},
    settings::{ParameterSettings, Wanted},
    states,
};

const PARAMETER: FactName = FactName::fixed("environment_parameter");
const STAGE: FactName = FactName::fixed("deploy_stage");
const ARTIFACT: FactName = FactName::fixed("artifact");
const TESTS: FactName = FactName::fixed("test_report");
/// Shown of a file whose fingerprint was not recorded.
const PRESENT: &str = "present";
/// Shown of a file that was not archived.
const NONE: &str = "none";
/// Longest value of a parameter that is shown where it is not the expected one.
const MAX_SHOWN: usize = 40;
/// Digits of an MD5 fingerprint.
const DIGITS: usize = 32;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::BadState))]);
const FILES: StateTable = StateTable::new(&[(NONE, Meaning::Failed(Reason::BadState))]);

/// The facts where there is no build that could be judged.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let parameter = wanted.parameter.iter().map(|it| (PARAMETER, &it.name));
    let stages = wanted.stages.iter().map(|it| (STAGE, it));
    let artifacts = wanted.artifacts.iter().map(|it| (ARTIFACT, it));
    let named = parameter.chain(stages).chain(artifacts);
    let tests = wanted.tests.then(|| Fact::unknown(TESTS, reason));
    named
        .map(|(name, item)| Fact::unknown(name, reason).about(item.clone()))
        .chain(tests)
        .collect()
}

/// The facts of what is wanted of a build.
pub fn of_build(found: &Found, wanted: &Wanted) -> Vec<Fact> {
    let build = &found.build;
    let mut facts = Vec::new();
    facts.extend(wanted.parameter.iter().map(|it| parameter(build, it)));
    if let Some(read) = &found.stages {
        facts.extend(wanted.stages.iter().map(|it| stage(build, read, it)));
    }
    facts.extend(wanted.artifacts.iter().map(|it| artifact(build, it)));
    facts.extend(found.tests.as_ref().map(|read| tests(build, read)));
    facts
}

fn parameter(build: &Build, wanted: &ParameterSettings) -> Fact {
    let parameters = build
        .actions()
        .filter_map(|it| it.parameters.as_ref())
        .flatten();
    let named = parameters.filter(|it| it.name.as_ref() == Some(&wanted.name));
    let mut values: Vec<_> = named.map(|it| it.value.as_ref()).collect();
    values.dedup();
    let threshold = Threshold::equals(&wanted.expected);
    let unknown = |reason| Fact::unknown(PARAMETER, reason);
    let fact = match values.as_slice() {
        [] | [None] => unknown(Reason::NoData),
        [Some(value)] => match text_of(value) {
            None => unknown(Reason::UnexpectedShape),
            Some(text) if text == wanted.expected => {
                Fact::measured(PARAMETER, text.as_str().into(), &threshold.clone().into())
            }
            Some(text) => {
                let shown = if is_plain(&text) { &text } else { "other" };
                Fact::state(PARAMETER, "other", &OTHER).showing(shown)
            }
        },
        [_, _, ..] => unknown(Reason::Ambiguous),
    };
    fact.wanting(Some(threshold)).about(wanted.name.clone())
}

/// Text, or a switch; other kinds of parameters have no one value.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(switch) => Some(switch.to_string()),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a value looks like the name of an environment, and not like a secret.
fn is_plain(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-');
    let is_short = (1..=MAX_SHOWN).contains(&text.len());
    is_short && text.chars().all(inner) && Redactor::new(true).redact(text).counts.is_empty()
}

/// Of several stages of one name the worst counts.
fn stage(build: &Build, read: &Result<Stages, Reason>, wanted: &str) -> Fact {
    let unknown = |reason| Fact::unknown(STAGE, reason);
    let fact = match read {
        Err(reason) => unknown(*reason),
        Ok(read) if is_of_another(build, read) => unknown(Reason::Contradictory),
        Ok(read) => {
            let named = read.stages.iter().filter(|it| it.name == wanted);
            let parts: Vec<_> = named
                .map(|it| states::stage(STAGE, it.status.as_deref()))
                .collect();
            match parts.is_empty() {
                true => missing(build, STAGE),
                false => Fact::fold(STAGE, &parts),
            }
        }
    };
    // A stage that was skipped for an unstable build is told as a success.
    let fact = match build.result.as_deref() {
        None | Some("SUCCESS") => fact,
        Some(_) => fact.doubt(Reason::NoData),
    };
    fact.wanting(Some(states::success())).about(wanted)
}

fn is_of_another(build: &Build, read: &Stages) -> bool {
    let number = build.number.to_string();
    read.id.as_ref().is_some_and(|it| *it != number)
}

fn artifact(build: &Build, wanted: &str) -> Fact {
    let threshold: Option<Threshold> = "!= none".parse().ok();
    let limits = Limits {
        threshold: threshold.clone(),
        ..Limits::default()
    };
    let Some(all) = &build.artifacts else {
        return Fact::unknown(ARTIFACT, Reason::UnexpectedShape)
            .wanting(threshold)
            .about(wanted);
    };
    let mut paths = all.iter().filter(|it| it.file_name == wanted);
    let fact = match paths.next() {
        None if build.is_running() => missing(build, ARTIFACT),
        None => Fact::state(ARTIFACT, NONE, &FILES),
        Some(one) if paths.any(|it| it.relative_path != one.relative_path) => {
            Fact::unknown(ARTIFACT, Reason::Ambiguous)
        }
        Some(_) => {
            let value = fingerprint(build, wanted).unwrap_or_else(|| PRESENT.to_owned());
            Fact::measured(ARTIFACT, value.as_str().into(), &limits)
        }
    };
    fact.wanting(threshold).about(wanted)
}

/// The one MD5 of a file; `None` where none was recorded, or several were.
fn fingerprint(build: &Build, wanted: &str) -> Option<String> {
    let all = build.fingerprint.iter().flatten();
    let named = all.filter(|it| it.file_name.as_deref() == Some(wanted));
    let mut hashes = named.filter_map(|it| it.hash.as_deref());
    let one = hashes.next()?;
    let is_md5 = one.len() == DIGITS && one.bytes().all(|it| it.is_ascii_hexdigit());
    (is_md5 && hashes.all(|it| it == one)).then(|| one.to_ascii_lowercase())
}

/// Where none failed and none passed nothing was tested; while the build runs more may come.
fn tests(build: &Build, read: &Result<Tests, Reason>) -> Fact {
    let threshold: Option<Threshold> = "= 0".parse().ok();
    let limits = Limits {
        threshold: threshold.clone(),
        ..Limits::default()
    };
    let unknown = |reason| Fact::unknown(TESTS, reason).wanting(threshold.clone());
    let tests = match read {
        Err(Reason::NoData) if build.is_running() => {
            return missing(build, TESTS).wanting(threshold);
        }
        Err(reason) => return unknown(*reason),
        Ok(tests) => tests,
    };
    let failed = Quantity::count(tests.failed);
    let judged = Fact::measured(TESTS, failed.clone().into(), &limits);
    match (judged.status() == Status::Passed, tests.ran_well()) {
        (false, _) => judged,
        (true, None) => unknown(Reason::UnexpectedShape),
        (true, Some(0)) => unknown(Reason::NoData).showing(failed),
        (true, Some(_)) if build.is_running() => missing(build, TESTS)
            .showing(failed)
            .wanting(threshold.clone()),
        (true, Some(_)) => judged,
    }
}

/// What is not there, and may still come while the build runs.
fn missing(build: &Build, name: FactName) -> Fact {
    match build.is_running() {
        true => Fact::pending(name, Reason::InProgress),
        false => Fact::unknown(name, Reason::NoData),
    }
}

// === impl Tests ===

impl Tests {
    /// How many passed; `None` where that is not told.
    fn ran_well(&self) -> Option<u64> {
        let left = |total: u64| total.checked_sub(self.failed)?.checked_sub(self.skipped);
        self.passed.or_else(|| self.total.and_then(left))
    }
}
