//! What the answers mean. Pure.

mod health;
mod logs;
mod monitor;
mod number;
mod slo;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, ReadError, query};
use passport_evidence::{Fact, MaxAge, Reason};

use super::{answer::Answer, ask::Ask, client::Answers, query::Query, scope::Tags};

/// What a question was asked with, and what came back.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Answers by what was asked.
    pub answers: &'a Answers,
    /// The tags that narrow the source.
    pub tags: &'a Tags,
    /// How long evidence may be relied on.
    pub max_age: MaxAge,
    /// The moment before asking.
    pub now: DateTime<Utc>,
}

/// The failure of the whole source.
pub fn failure(queries: &[Query], answers: &Answers) -> Result<(), CollectError> {
    let own = |query: &Query| answers.get(query.main())?.as_ref().err().copied();
    let all = answers.values().filter_map(|it| it.as_ref().err().copied());
    query::failure(queries.iter().map(own), all)
}

/// The fact that a query gives.
pub fn fact(query: &Query, seen: Seen<'_>) -> Fact {
    match query {
        Query::Number(number) => number::fact(number, seen),
        Query::Monitor { asked, ask, group } => monitor::fact(asked, ask, group.as_ref(), seen),
        Query::Health { asked, ask } => health::fact(asked, ask, seen),
        Query::Slo { asked, ask, figure } => slo::fact(asked, ask, figure, seen),
        Query::Logs {
            asked,
            count,
            newest,
        } => logs::fact(asked, count, newest, seen),
    }
}

impl<'a> Seen<'a> {
    fn answer(self, ask: &Ask) -> Result<&'a Answer, Reason> {
        match self.answers.get(ask) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(error.reason()),
            None => Err(ReadError::Unreachable.reason()),
        }
    }
}
