//! What became of notices, beside the deliveries of their source.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::TimeDelta;
use passport_evidence::{FailureCode, Subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::kind::{Accepted, Kept, NoticeState, Noticed, Record, SenderReply};

/// What a record begins with that tells of a notice. No text does.
const MARK: &[u8] = b"\0notice\0";

/// A try at sending the notice about a release: the first, or one after tries by which nothing went out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Try {
    /// Stands for the release.
    subject: String,
    /// Counts from 0.
    number: u32,
}

/// What became of the notices of one source.
#[derive(Debug, Clone, Default)]
pub struct Notices(BTreeMap<Try, Noticed>);

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(flatten)]
    of: Try,
    state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Begun,
    Unsent(String),
    Uncertain(String),
    Answered(Value),
}

// === impl Try ===

impl Try {
    /// The first.
    pub(crate) fn first(subject: &Subject) -> Self {
        Self {
            subject: identity(subject),
            number: 0,
        }
    }

    fn next(&self) -> Self {
        Self {
            subject: self.subject.clone(),
            number: self.number.saturating_add(1),
        }
    }

    /// What is kept of it in a state. Of those who begin the same try, only one is the first to keep that.
    pub(crate) fn is(&self, state: &NoticeState, keep_for: TimeDelta) -> Accepted {
        let Self { subject, number } = self;
        let phase = match state {
            NoticeState::Begun => "begun",
            NoticeState::Unsent(_) | NoticeState::Uncertain(_) | NoticeState::Answered(_) => "over",
        };
        let written = Written {
            of: self.clone(),
            state: state.into(),
        };
        // All of it is JSON already.
        let written = serde_json::to_vec(&written).unwrap_or_default();
        Accepted {
            idempotency_key: format!("notice:{subject}:{number}:{phase}"),
            records: vec![Bytes::from([MARK, &written].concat())],
            keep_for,
            reply: SenderReply::text(http::StatusCode::OK, ""),
        }
    }
}

/// Length before each part, so that no two releases read alike; the order of digests says nothing.
fn identity(subject: &Subject) -> String {
    let mut digests = subject.artifact_digests.clone();
    digests.sort();
    digests.dedup();
    let named = [&subject.version, &subject.revision];
    let mut hash = Sha256::new();
    for part in named.map(|it| it.as_deref()) {
        hash.update([u8::from(part.is_some())]);
        add(&mut hash, part.unwrap_or_default());
    }
    for digest in &digests {
        add(&mut hash, digest);
    }
    hex::encode(hash.finalize())
}

fn add(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

// === impl Notices ===

impl Notices {
    /// What became of the notice about one release, which was asked for once, and of no other: for
    /// connectors that are tried without a collector around them.
    pub fn of_one(subject: &Subject, noticed: Noticed) -> Self {
        Self(BTreeMap::from([(Try::first(subject), noticed)]))
    }

    /// What became of the last try at the notice about a release.
    pub(crate) fn of(&self, subject: &Subject) -> Option<&Noticed> {
        self.last(subject).map(|(_, noticed)| noticed)
    }

    /// The try that is to be made now; `None`: the notice was sent, or may have been.
    pub(crate) fn due(&self, subject: &Subject) -> Option<Try> {
        match self.last(subject) {
            None => Some(Try::first(subject)),
            Some((of, noticed)) => match noticed.state {
                NoticeState::Unsent(_) => Some(of.next()),
                NoticeState::Begun | NoticeState::Uncertain(_) | NoticeState::Answered(_) => None,
            },
        }
    }

    fn last(&self, subject: &Subject) -> Option<(&Try, &Noticed)> {
        let first = Try::first(subject);
        let tries = self.0.range(first.clone()..);
        let own = tries.take_while(|(of, _)| of.subject == first.subject);
        own.last()
    }

    /// Takes out of what is kept what tells of notices.
    pub(crate) fn sorted_out(kept: Kept) -> Kept {
        let mut notices = Self::default();
        let mut records = Vec::with_capacity(kept.records.len());
        for record in kept.records {
            match read(&record) {
                Some((of, noticed)) => notices.learn(of, noticed),
                None => records.push(record),
            }
        }
        Kept {
            records,
            notices,
            ..kept
        }
    }

    /// How a try ended says more than that it was begun.
    fn learn(&mut self, of: Try, noticed: Noticed) {
        if noticed.state != NoticeState::Begun || !self.0.contains_key(&of) {
            self.0.insert(of, noticed);
        }
    }
}

fn read(record: &Record) -> Option<(Try, Noticed)> {
    let written = record.body.strip_prefix(MARK)?;
    let Written { of, state } = serde_json::from_slice(written).ok()?;
    let noticed = Noticed {
        at: record.received_at,
        state: state.into(),
    };
    Some((of, noticed))
}

/// What is to be kept so that a notice about a release was answered with this: of one that was sent before,
/// by whatever means.
pub fn answered_before(subject: &Subject, answer: Value, keep_for: TimeDelta) -> Accepted {
    Try::first(subject).is(&NoticeState::Answered(answer), keep_for)
}

// === impl State ===

impl From<&NoticeState> for State {
    fn from(state: &NoticeState) -> Self {
        match state {
            NoticeState::Begun => Self::Begun,
            NoticeState::Unsent(code) => Self::Unsent(code.as_str().to_owned()),
            NoticeState::Uncertain(code) => Self::Uncertain(code.as_str().to_owned()),
            NoticeState::Answered(said) => Self::Answered(said.clone()),
        }
    }
}

impl From<State> for NoticeState {
    fn from(state: State) -> Self {
        let code = |word: &str| FailureCode::from_code(word).unwrap_or(FailureCode::Internal);
        match state {
            State::Begun => Self::Begun,
            State::Unsent(word) => Self::Unsent(code(&word)),
            State::Uncertain(word) => Self::Uncertain(code(&word)),
            State::Answered(said) => Self::Answered(said),
        }
    }
}

#[cfg(test)]
mod tests;
