//! One provider call for many callers.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::future;
use passport_evidence::{MaxAge, SourceId, Subject};

use crate::kind::{CollectError, Observation};

/// Most answers that are kept.
const MAX_ENTRIES: u64 = 10_000;
/// How long a failure is not asked about again.
const FAILURE_LIVES: TimeDelta = TimeDelta::seconds(2);
/// Longest and shortest time that an answer is used without asking again.
const LONGEST_LIFE: TimeDelta = TimeDelta::seconds(15);
const SHORTEST_LIFE: TimeDelta = TimeDelta::seconds(1);

/// Whatever would make the answer another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub source: SourceId,
    /// Changes with what the configuration says of the source.
    pub configuration: [u8; 32],
    pub subject: Option<Subject>,
    /// Changes with the credential.
    pub generation: [u8; 32],
    /// Changes with each delivery.
    pub deliveries: u64,
}

/// An answer and how long it is used.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub answer: Result<Arc<Observation>, CollectError>,
    pub collected_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// An answer that was waited for.
pub(super) struct Answered {
    pub entry: Entry,
    /// Whether it was asked for now, and not by another caller already.
    pub is_new: bool,
}

/// Answers, and the last good one of each key.
pub(super) struct Cache {
    answers: future::Cache<Key, Entry>,
    good: future::Cache<Key, Entry>,
    /// Makes credential generations meaningless outside this process.
    pub generation_key: [u8; 32],
}

impl Default for Cache {
    fn default() -> Self {
        let idle = Duration::from_secs(24 * 3_600);
        let cache = || {
            future::Cache::builder()
                .max_capacity(MAX_ENTRIES)
                .time_to_idle(idle)
        };
        Self {
            answers: cache().build(),
            good: cache().build(),
            generation_key: rand::random(),
        }
    }
}

impl Entry {
    pub fn new(
        answer: Result<Observation, CollectError>,
        collected_at: DateTime<Utc>,
        max_age: MaxAge,
    ) -> Self {
        let life = match &answer {
            Ok(found) => {
                (found.max_age(max_age).as_delta() / 10).clamp(SHORTEST_LIFE, LONGEST_LIFE)
            }
            Err(_) => FAILURE_LIVES,
        };
        Self {
            answer: answer.map(Arc::new),
            collected_at,
            expires_at: collected_at + life,
        }
    }

    fn is_spent(&self, now: DateTime<Utc>) -> bool {
        // A clock that was set back must not keep an answer alive.
        now >= self.expires_at || now < self.collected_at
    }
}

impl Cache {
    /// The answer of a key, where one is kept that can be used.
    pub async fn known(
        &self,
        key: &Key,
        now: DateTime<Utc>,
        too_old: impl Fn(&Entry) -> bool,
    ) -> Option<Entry> {
        let entry = self.answers.get(key).await;
        entry.filter(|entry| !entry.is_spent(now) && !too_old(entry))
    }

    /// The answer of a key, or the one that `collect` gives: run once however many ask, and not for
    /// those who ask while it runs. `too_old` refuses an answer that a caller can't use.
    pub async fn answer(
        &self,
        key: &Key,
        now: DateTime<Utc>,
        too_old: impl Fn(&Entry) -> bool + Send + Sync,
        collect: impl Future<Output = Entry> + Send,
    ) -> Answered {
        let refused = |entry: &Entry| entry.is_spent(now) || too_old(entry);
        let entry = self
            .answers
            .entry_by_ref(key)
            .or_insert_with_if(collect, refused)
            .await;
        let is_new = entry.is_fresh();
        let entry = entry.into_value();
        if is_new && entry.answer.is_ok() {
            self.good.insert(key.clone(), entry.clone()).await;
        }
        Answered { entry, is_new }
    }

    /// The last good answer of a key, however old.
    pub async fn last_good(&self, key: &Key) -> Option<Entry> {
        self.good.get(key).await
    }
}
