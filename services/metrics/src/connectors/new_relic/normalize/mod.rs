//! What the answers mean. Pure.

mod entity;
mod number;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, ReadError, query};
use passport_evidence::{Fact, MaxAge, Reason};

use super::{
    answer::Answer,
    client::{Answers, Ask},
    query::Query,
    scope::Attributes,
};

/// What a question was asked with, and what came back.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Answers by what was asked.
    pub answers: &'a Answers,
    /// The attributes that narrow the source.
    pub scope: &'a Attributes,
    /// The account.
    pub account: u32,
    /// The entity.
    pub entity: Option<&'a str>,
    /// How long evidence may be relied on.
    pub max_age: MaxAge,
    /// The moment before asking.
    pub now: DateTime<Utc>,
}

/// The failure of the whole source.
pub fn failure(queries: &[Query], seen: Seen<'_>) -> Result<(), CollectError> {
    let all = seen.answers.keys().filter_map(|ask| seen.read(ask).err());
    query::failure(queries.iter().map(|query| own(query, seen)), all)
}

/// Why a query has no answer of its own. An entity that is not there, or not ours, has no issues of ours.
fn own(query: &Query, seen: Seen<'_>) -> Option<ReadError> {
    let failed = |ask: &Ask| seen.read(ask).err();
    match query {
        Query::Number(number) => failed(&number.ask),
        Query::Health(_) => failed(&Ask::Entity),
        Query::Issues(_) => failed(&Ask::Issues).or_else(|| {
            failed(&Ask::Entity)
                .filter(|it| matches!(it, ReadError::NotFound | ReadError::OutOfScope))
        }),
    }
}

/// The fact that a query gives.
pub fn fact(query: &Query, seen: Seen<'_>) -> Fact {
    match query {
        Query::Number(number) => number::fact(number, seen),
        Query::Health(asked) => entity::health(asked, seen),
        Query::Issues(asked) => entity::issues(asked, seen),
    }
}

impl<'a> Seen<'a> {
    /// What a read gave. An entity of another scope is none that may be read.
    fn read(self, ask: &Ask) -> Result<&'a Answer, ReadError> {
        match self.answers.get(ask) {
            None => Err(ReadError::Unreachable),
            Some(Err(error)) => Err(*error),
            Some(Ok(Answer::Entity(entity, _))) if !entity::is_own(entity, self) => {
                Err(ReadError::OutOfScope)
            }
            Some(Ok(answer)) => Ok(answer),
        }
    }

    fn answer(self, ask: &Ask) -> Result<&'a Answer, Reason> {
        self.read(ask).map_err(ReadError::reason)
    }
}
