//! What an answer says.

use http::StatusCode;
use passport_connector_sdk::{
    provider::Probed,
    strict_json::{self, Bounds},
};
use passport_evidence::{
    Fact, Limits, Meaning, Reason, StateTable, Status, Subject, Threshold, Value as Found,
};
use serde_json::Value;
use url::Url;

use super::{STATE, VERSION};
use crate::connectors::runtime_target::probe::Wanted;

/// Longest value of a body that is shown.
const MAX_SHOWN: usize = 64;

/// How an answer compares with what was wanted, in our own words; what is shown is its status.
const COMPARED: StateTable = StateTable::new(&[
    ("as_expected", Meaning::Passed),
    ("nothing_expected", Meaning::Warning(Reason::NotConfigured)),
    ("not_as_expected", Meaning::Failed(Reason::BadState)),
]);

/// Whether the target itself spoke, and what its body is.
enum Said {
    /// As it was asked to.
    Expected,
    /// The target, and not as it was asked to.
    Unexpected,
    /// Somebody before it.
    Nothing(Reason),
}

/// State and version.
pub fn facts(answer: &Probed, wanted: &Wanted, subject: Option<&Subject>) -> [Fact; 2] {
    match said(answer, wanted) {
        Said::Expected => [state(answer, wanted), version(answer, wanted, subject)],
        Said::Unexpected => [
            compared("not_as_expected", answer.status),
            unread_version(wanted, subject, Reason::Unavailable),
        ],
        Said::Nothing(reason) => [
            Fact::unknown(STATE, reason).showing(answer.status.as_str()),
            unread_version(wanted, subject, reason),
        ],
    }
}

/// The version where there is no answer of the target.
pub fn unread_version(wanted: &Wanted, subject: Option<&Subject>, reason: Reason) -> Fact {
    if wanted.version_pointer.is_none() {
        return Fact::not_applicable(VERSION, Reason::NotConfigured);
    }
    match threshold(subject) {
        Some(threshold) => Fact::unknown(VERSION, reason).wanting(Some(threshold)),
        None => Fact::not_applicable(VERSION, Reason::NoSubject),
    }
}

fn said(answer: &Probed, wanted: &Wanted) -> Said {
    let status = answer.status;
    if wanted.statuses.contains(&status.as_u16()) {
        return Said::Expected;
    }
    match status.as_u16() {
        401 | 403 | 407 => Said::Nothing(Reason::Denied),
        429 => Said::Nothing(Reason::Unavailable),
        300..=399 if leads_elsewhere(answer, &wanted.origin) => Said::Nothing(Reason::Unavailable),
        _ => Said::Unexpected,
    }
}

/// Whether a redirect leads to another host, whose business is not the target's.
fn leads_elsewhere(answer: &Probed, origin: &str) -> bool {
    let Some(location) = answer.headers.get(http::header::LOCATION) else {
        return false;
    };
    let base = Url::parse(origin).ok();
    let to = location.to_str().ok();
    let to = base
        .as_ref()
        .zip(to)
        .and_then(|(base, to)| base.join(to).ok());
    let host = |it: &Url| it.host_str().map(str::to_owned);
    to.is_none_or(|it| host(&it) != base.as_ref().and_then(host))
}

fn state(answer: &Probed, wanted: &Wanted) -> Fact {
    if wanted.json.is_empty() && wanted.contains.is_none() {
        return compared("nothing_expected", answer.status);
    }
    let text = wanted.contains.as_deref().unwrap_or_default().as_bytes();
    let contains = text.is_empty() || answer.body.windows(text.len()).any(|it| it == text);
    let holds = || {
        let body = json(answer);
        let mut all = wanted.json.iter();
        all.all(|it| body.as_ref().is_some_and(|body| it.holds(body)))
    };
    match contains && holds() {
        true => compared("as_expected", answer.status),
        false => compared("not_as_expected", answer.status),
    }
}

/// The status is what is shown, except of a pass, which shows what it was judged by.
fn compared(word: &str, status: StatusCode) -> Fact {
    Fact::state(STATE, word, &COMPARED).showing(status.as_str())
}

fn version(answer: &Probed, wanted: &Wanted, subject: Option<&Subject>) -> Fact {
    let Some(pointer) = &wanted.version_pointer else {
        return unread_version(wanted, subject, Reason::NoData);
    };
    let body = json(answer);
    let named = body
        .as_ref()
        .and_then(|it| it.pointer(pointer))
        .and_then(Value::as_str);
    // Another text than a version is not shown: an error may hold anything.
    let named = named.filter(|it| is_version(it));
    match (named, threshold(subject)) {
        (Some(named), Some(threshold)) => {
            let limits = Limits::from(threshold.clone());
            let fact = Fact::measured(VERSION, Found::from(named), &limits);
            match fact.status() == Status::Passed {
                true => fact,
                false => other(named).wanting(Some(threshold)),
            }
        }
        (None, Some(threshold)) => Fact::unknown(VERSION, Reason::NoData).wanting(Some(threshold)),
        (Some(named), None) => Fact::not_applicable(VERSION, Reason::NoSubject).showing(named),
        (None, None) => Fact::not_applicable(VERSION, Reason::NoSubject),
    }
}

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

fn other(named: &str) -> Fact {
    Fact::state(VERSION, "other", &OTHER).showing(named)
}

fn is_version(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-' | '+' | ':');
    (1..=MAX_SHOWN).contains(&text.len()) && text.chars().all(inner)
}

fn threshold(subject: Option<&Subject>) -> Option<Threshold> {
    let version = subject?.version.as_deref()?;
    format!("= {version}").parse().ok()
}

/// Most items of the lists that count.
const MAX_ITEMS: usize = 10_000;

/// A key that stands twice has no one reading.
fn json(answer: &Probed) -> Option<Value> {
    const BOUNDS: Bounds = Bounds {
        lists: &[],
        items: MAX_ITEMS,
    };
    let text = strict_json::document(&answer.body, &BOUNDS).ok()?;
    serde_json::from_slice(text).ok()
}
