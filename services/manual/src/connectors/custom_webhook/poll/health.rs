//! What an endpoint says of itself. Pure.

use passport_connector_sdk::redaction::Redactor;
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Value};

use super::answer::Answer;
use crate::connectors::custom_webhook::settings::Format;

const HEALTH: FactName = FactName::fixed("endpoint_health");

/// Words of the formats that are read: the health check response format for HTTP APIs (draft),
/// Spring Boot Actuator ("Health"), ASP.NET Core ("Health checks").
const WORDS: StateTable = StateTable::new(&[
    ("pass", Meaning::Passed),
    ("ok", Meaning::Passed),
    ("up", Meaning::Passed),
    ("UP", Meaning::Passed),
    ("Healthy", Meaning::Passed),
    ("warn", Meaning::Warning(Reason::Degraded)),
    ("Degraded", Meaning::Warning(Reason::Degraded)),
    ("fail", Meaning::Failed(Reason::BadState)),
    ("error", Meaning::Failed(Reason::BadState)),
    ("down", Meaning::Failed(Reason::BadState)),
    ("DOWN", Meaning::Failed(Reason::BadState)),
    ("OUT_OF_SERVICE", Meaning::Failed(Reason::BadState)),
    ("Unhealthy", Meaning::Failed(Reason::BadState)),
]);

/// What a status says, where nothing else is looked at.
const STATUS: StateTable = StateTable::new(&[
    ("http 200 (no body check)", Meaning::Passed),
    ("http 201 (no body check)", Meaning::Passed),
    ("http 202 (no body check)", Meaning::Passed),
    ("http 203 (no body check)", Meaning::Passed),
    ("http 204 (no body check)", Meaning::Passed),
    ("unexpected", Meaning::Failed(Reason::BadState)),
    ("as_expected", Meaning::Warning(Reason::Degraded)),
]);

/// Longest word that is shown.
const LONGEST: usize = 32;

/// The fact of an answer; none where only numbers are read of it.
pub fn fact(answer: &Answer, format: Format, is_expected: bool) -> Option<Fact> {
    match answer {
        Answer::Body => None,
        Answer::Rejected => unknown(format, Reason::QueryRejected),
        Answer::Status(status) => Some(of_status(status.as_u16(), is_expected)),
        Answer::Word(word) => {
            let word = word.as_deref();
            let said = word.map_or_else(
                || Fact::unknown(HEALTH, Reason::UnexpectedShape),
                |it| of_word(it, &WORDS),
            );
            Some(match is_expected {
                true => said,
                false => worse(said, word),
            })
        }
    }
}

/// Nothing is known of it; no fact where the format tells of none.
pub fn unknown(format: Format, reason: Reason) -> Option<Fact> {
    match format {
        Format::Mapped => None,
        Format::Actuator | Format::HealthJson | Format::Aspnet | Format::StatusOnly => {
            Some(Fact::unknown(HEALTH, reason))
        }
    }
}

fn of_word(word: &str, table: &StateTable) -> Fact {
    let fact = Fact::state(HEALTH, word, table);
    match is_shown(word) {
        true => fact,
        false => fact.without_value(),
    }
}

/// A word that is one, and no text that somebody wrote.
fn is_shown(word: &str) -> bool {
    let letters = |it: char| it.is_ascii_alphabetic() || it == '_' || it == '-';
    (1..=LONGEST).contains(&word.len())
        && word.chars().all(letters)
        && Redactor::new(true).redact(word).counts.is_empty()
}

/// The status says no, whatever the word says.
fn worse(said: Fact, word: Option<&str>) -> Fact {
    let status = Fact::state(HEALTH, "unexpected", &STATUS);
    let status = match word.filter(|it| is_shown(it)) {
        Some(word) => status.showing(word),
        None => status.without_value(),
    };
    Fact::fold(HEALTH, &[status, said])
}

/// Only a success passes; an error that is expected is one all the same.
fn of_status(status: u16, is_expected: bool) -> Fact {
    let shown = format!("http {status} (no body check)");
    match (is_expected, status) {
        (true, 200..=299) => Fact::state(HEALTH, &shown, &STATUS),
        (true, _) => Fact::state(HEALTH, "as_expected", &STATUS).showing(Value::from(&*shown)),
        (false, _) => Fact::state(HEALTH, "unexpected", &STATUS).showing(Value::from(&*shown)),
    }
}
