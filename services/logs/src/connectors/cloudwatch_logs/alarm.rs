//! What the state of an alarm means, after the pages "MetricAlarm" and "CompositeAlarm" of the API reference.

use passport_connector_sdk::query::AskedState;
use passport_evidence::{Fact, Meaning, Reason, StateTable, Status};

use super::{
    ask::{Answers, Ask, Told},
    model::Alarm,
};

const STATES: StateTable = StateTable::new(&[
    ("OK", Meaning::Passed),
    ("ALARM", Meaning::Failed(Reason::BadState)),
    ("INSUFFICIENT_DATA", Meaning::Unknown(Reason::NoData)),
]);

/// Of an alarm that stays well while no data come.
const HIDING: StateTable = StateTable::new(&[
    ("OK", Meaning::Warning(Reason::Suppressed)),
    ("ALARM", Meaning::Failed(Reason::BadState)),
    ("INSUFFICIENT_DATA", Meaning::Unknown(Reason::NoData)),
]);

/// The fact. When a state last changed is not how old it is: what counts is the moment before asking.
pub fn fact(asked: &AskedState, name: &str, answers: &Answers) -> Fact {
    let answer = match answers.0.get(&Ask::Alarm(name.to_owned())) {
        Some(Ok(Told::Alarms(answer))) => answer,
        Some(Ok(Told::Ran(_) | Told::Events(_) | Told::Points(_))) => {
            return asked.unknown(Reason::UnexpectedShape);
        }
        Some(Err(error)) => return asked.unknown(error.reason()),
        None => return asked.unknown(Reason::Unavailable),
    };
    let lists = (&answer.found.metric_alarms, &answer.found.composite_alarms);
    if lists.0.is_none() && lists.1.is_none() {
        return asked.unknown(Reason::UnexpectedShape);
    }
    let all = lists.0.iter().flatten().chain(lists.1.iter().flatten());
    let all: Vec<_> = all.map(|it| &it.0).collect();
    match all.as_slice() {
        [] => asked.unknown(Reason::NoData),
        [alarm] => {
            let fact = of_alarm(asked, name, alarm, answer.observed_at);
            let is_composite = lists.1.as_ref().is_some_and(|it| !it.is_empty());
            // One that is put together of others says OK of those that have no data, too.
            match is_composite && fact.status() == Status::Passed {
                true => asked.judge("OK", &HIDING, answer.observed_at),
                false => fact,
            }
        }
        [..] => asked.unknown(Reason::Ambiguous),
    }
}

fn of_alarm(
    asked: &AskedState,
    name: &str,
    alarm: &Alarm,
    at: chrono::DateTime<chrono::Utc>,
) -> Fact {
    match alarm.alarm_name.as_deref() {
        Some(found) if found == name => {}
        Some(_) => return asked.unknown(Reason::FilterNotApplied),
        None => return asked.unknown(Reason::UnexpectedShape),
    }
    let Some(state) = alarm.state_value.as_deref() else {
        return asked.unknown(Reason::UnexpectedShape);
    };
    let table = match alarm.treat_missing_data.as_deref() {
        None | Some("missing" | "breaching") => &STATES,
        Some("notBreaching" | "ignore") => &HIDING,
        Some(_) => return asked.unknown(Reason::UnrecognizedState),
    };
    let fact = asked.judge(state, table, at);
    match alarm.evaluation_state.as_deref() {
        None => fact,
        Some("PARTIAL_DATA") => fact.doubt(Reason::PartialResponse),
        Some("EVALUATION_FAILURE" | "EVALUATION_ERROR") => fact.doubt(Reason::Unavailable),
        Some(_) => fact.doubt(Reason::UnrecognizedState),
    }
}
