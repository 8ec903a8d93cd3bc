//! Asks one source, once for many callers.

use std::{panic::AssertUnwindSafe, sync::Arc};

use chrono::{DateTime, Utc};
use futures::FutureExt;
use passport_evidence::{FailureCode, MaxAge, Subject, freshness};
use tokio::time::Instant;
use tracing::Instrument;

use super::{
    Inner, Running,
    cache::{Entry, Key},
};
use crate::{
    keep::{KeepError, Notices},
    kind::{CollectError, CollectRequest, Kept, Observation},
    meters::meters,
    secrets,
};

/// What a caller wants of a source.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub subject: Option<Subject>,
    pub max_age: Option<MaxAge>,
    pub deadline: Instant,
}

impl Inner {
    /// What an answer to a wish is kept under. Counts deliveries where they are kept: another
    /// process may have taken one.
    pub(super) async fn key(&self, running: &Running, wish: &Wish) -> Result<Key, CollectError> {
        let taken = tokio::time::timeout_at(wish.deadline, self.taken(running)).await;
        Ok(Key {
            source: running.source.id.clone(),
            configuration: running.source.digest,
            subject: wish.subject.clone(),
            generation: self.generation(running),
            deliveries: taken.map_err(|_| CollectError::new(FailureCode::TimedOut))??,
        })
    }

    async fn taken(&self, running: &Running) -> Result<u64, CollectError> {
        match running.source.keeps() {
            true => self
                .keeper
                .taken(&running.source.id)
                .await
                .map_err(|error| unread(running, &error)),
            false => Ok(0),
        }
    }

    pub(super) fn generation(&self, running: &Running) -> [u8; 32] {
        secrets::generation(&self.cache.generation_key, &running.source.secrets)
    }

    /// The answer of a source. Asking runs in a task of its own, so that a caller who leaves takes
    /// nothing from the others; when all have left it ends where it is, as nobody would read the
    /// answer. An answer that is known needs none.
    pub(super) async fn entry(
        self: &Arc<Self>,
        running: &Arc<Running>,
        key: &Key,
        wish: &Wish,
    ) -> Entry {
        let (max_age, now) = (wish.max_age, self.clock.now());
        let too_old = move |entry: &Entry| is_too_old(entry, max_age, now);
        let connector = running.source.descriptor.id;
        if let Some(entry) = self.cache.known(key, now, too_old).await {
            meters().answer(connector, "hit");
            return entry;
        }
        let (inner, running, key) = (Arc::clone(self), Arc::clone(running), key.clone());
        let source_max_age = running.source.max_age;
        let seat = self.waiting.join(&key);
        let given_up = seat.given_up();
        let task = async move {
            let collect = inner.collect(&running, key.subject.clone());
            tokio::select! {
                biased;
                () = given_up => None,
                answered = inner.cache.answer(&key, now, too_old, collect) => {
                    let came = if answered.is_new { "miss" } else { "joined" };
                    meters().answer(connector, came);
                    Some(answered.entry)
                }
            }
        };
        let task = tokio::spawn(task.in_current_span());
        let failed = |code| Entry::new(Err(CollectError::new(code)), now, source_max_age);
        match tokio::time::timeout_at(wish.deadline, task).await {
            Ok(Ok(Some(entry))) => entry,
            // It ends for nobody who still waits.
            Ok(Ok(None) | Err(_)) => failed(FailureCode::Internal),
            Err(_elapsed) => {
                seat.leave_to_end();
                failed(FailureCode::TimedOut)
            }
        }
    }

    async fn collect(&self, running: &Running, subject: Option<Subject>) -> Entry {
        let source = &running.source;
        let now = self.clock.now();
        let start = Instant::now();
        let deadline = start + self.source_timeout;
        // Sooner than ours, so that a connector with one read unanswered can still say what the
        // others gave.
        let request = CollectRequest {
            now,
            subject,
            deadline: start + self.source_timeout / 10 * 9,
        };
        let span = tracing::info_span!(
            "collect source",
            connector = source.descriptor.id,
            source = %source.id,
        );
        // A panic in a connector costs its own source only, and is remembered as any failure is.
        let asked = AssertUnwindSafe(self.ask(running, &request)).catch_unwind();
        let answer = tokio::time::timeout_at(deadline, asked)
            .instrument(span)
            .await
            .unwrap_or(Ok(Err(CollectError::new(FailureCode::TimedOut))))
            .unwrap_or(Err(CollectError::new(FailureCode::Internal)))
            .and_then(|observation| only_declared_facts(running, observation))
            // Judged before it is kept: what lay ahead of the clock must not become true by waiting.
            .map(|observation| {
                let max_age = observation.max_age(source.max_age);
                Observation {
                    facts: freshness::refresh(observation.facts, max_age, now),
                    ..observation
                }
            });
        match &answer {
            Ok(_) if source.asks_a_provider() => running.status.worked(now),
            // What only listens has shown nothing by being asked; a delivery shows that it works.
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(source = %source.id, code = %error.code, "collect failed");
                running.status.failed(now, error.code);
            }
        }
        Entry::new(answer, now, source.max_age)
    }

    async fn ask(
        &self,
        running: &Running,
        request: &CollectRequest,
    ) -> Result<Observation, CollectError> {
        let kept = self.kept(running, request.now).await?;
        running.source.connector.collect(request, &kept).await
    }

    /// What is kept for the source, where it is of a kind for which something is.
    async fn kept(&self, running: &Running, now: DateTime<Utc>) -> Result<Kept, CollectError> {
        if !running.source.keeps() {
            return Ok(Kept::default());
        }
        let kept = self.keeper.kept(&running.source.id, now).await;
        let kept = kept.map_err(|error| unread(running, &error))?;
        Ok(match running.source.notifies() {
            true => Notices::sorted_out(kept),
            false => kept,
        })
    }
}

fn unread(running: &Running, error: &KeepError) -> CollectError {
    tracing::error!(%error, source = %running.source.id, "deliveries not read");
    CollectError::unread()
}

/// A caller who wants newer data than was kept gets it asked for anew, but not more than once a
/// second: asking faster than that makes no data newer.
fn is_too_old(entry: &Entry, max_age: Option<MaxAge>, now: DateTime<Utc>) -> bool {
    let (Some(max_age), Ok(observation)) = (max_age, &entry.answer) else {
        return false;
    };
    let oldest = freshness::oldest(&observation.facts).unwrap_or(entry.collected_at);
    now - oldest > max_age.as_delta() && now - entry.collected_at >= chrono::TimeDelta::seconds(1)
}

/// A connector can't state facts that neither its descriptor lists nor the source's configuration names.
fn only_declared_facts(
    running: &Running,
    observation: Observation,
) -> Result<Observation, CollectError> {
    let descriptor = running.source.descriptor;
    let undeclared = observation.facts.iter().find(|fact| {
        !running.source.may_state(fact.name()) && *fact.name() != freshness::CREDENTIAL_SCOPE
    });
    match undeclared {
        None => Ok(observation),
        Some(fact) => {
            tracing::error!(connector = descriptor.id, fact = %fact.name(), "undeclared fact");
            Err(CollectError::new(FailureCode::Internal))
        }
    }
}
