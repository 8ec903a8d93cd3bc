//! Callers and senders of a mesh, each of whom waits for an answer before the next call.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use passport_evidence::{Clock as _, json::time};
use passport_service_kit::clock::SystemClock;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::checked::{Allowed, FIRST, Question, SCAN};
use super::counts::Counts;
use super::situation::Situation;
use crate::configuration::scope;
use crate::mesh::{GATEWAY, Mesh, TOKEN};
use crate::numbered;

/// How long a reply may take.
const DEADLINE: Duration = Duration::from_secs(3);

/// When a caller gives up who got no reply at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Callers who ask without a rest, and those who ask for a report and send them now and then: each
/// report is read with all others, so that there must not be too many.
const CALLERS: usize = 4;
const SENDERS: usize = 2;
const REST: Duration = Duration::from_millis(150);
/// Until a caller comes again whom nobody answered.
const REFUSED: Duration = Duration::from_millis(20);

/// What all callers know.
pub(super) struct Known {
    pub situation: Situation,
    pub of_first: Mutex<Allowed>,
    counts: Mutex<Counts>,
    letters: Mutex<Letters>,
    ends: AtomicBool,
    url: String,
}

#[derive(Default)]
struct Letters {
    next: u64,
    acknowledged: BTreeSet<u64>,
}

/// The load of a drill.
pub(super) struct Load {
    pub known: Arc<Known>,
    callers: JoinSet<()>,
    client: Client,
}

// === impl Load ===

impl Load {
    /// Begins to call the gateway of the mesh.
    pub fn begin(mesh: &Mesh, of_first: Allowed) -> Result<Self> {
        let known = Arc::new(Known {
            situation: Situation::default(),
            of_first: Mutex::new(of_first),
            counts: Mutex::default(),
            letters: Mutex::default(),
            ends: AtomicBool::new(false),
            url: mesh.url(),
        });
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (known, client) = (Arc::clone(&known), mesh.client(None)?);
            callers.spawn(async move {
                while !known.ends.load(Ordering::Relaxed) {
                    known.collect(&client, None).await;
                }
            });
        }
        for _ in 0..SENDERS {
            let (known, client) = (Arc::clone(&known), mesh.client(None)?);
            callers.spawn(async move {
                while !known.ends.load(Ordering::Relaxed) {
                    if let Some(number) = known.deliver(&client).await {
                        known.collect(&client, Some(number)).await;
                    }
                    sleep(REST).await;
                }
            });
        }
        Ok(Self {
            known,
            callers,
            client: mesh.client(None)?,
        })
    }

    /// Whether everything is there and right now, by a new delivery and a call of its own.
    pub async fn is_whole(&self) -> bool {
        match self.known.deliver(&self.client).await {
            Some(number) => self.known.collect(&self.client, Some(number)).await,
            None => false,
        }
    }

    /// Waits for the calls that were begun; gives what became of all, and what was acknowledged.
    pub async fn end(self) -> (Counts, BTreeSet<u64>) {
        self.known.ends.store(true, Ordering::Relaxed);
        self.callers.join_all().await;
        let counts = self.known.counts().clone();
        let acknowledged = self.known.letters().acknowledged.clone();
        (counts, acknowledged)
    }
}

// === impl Known ===

impl Known {
    pub fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_first(&self, allowed: Allowed) {
        *self.first() = allowed;
    }

    fn first(&self) -> MutexGuard<'_, Allowed> {
        self.of_first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn letters(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for evidence, with `report` for that report too. Gives whether everything was there.
    async fn collect(&self, client: &Client, report: Option<u64>) -> bool {
        let begun = Instant::now();
        let before = self.first().clone();
        let asked = match report {
            None => json!({ "scope": scope(), "sources": [FIRST, "second"] }),
            Some(number) => json!({
                "scope": scope(),
                "subject": { "artifactDigests": [format!("sha256:{number:064x}")] },
            }),
        };
        let url = format!("{}/v1/evidence/collect", self.url);
        let Some((status, answer)) = self.sent(client.post(url).json(&asked), begun).await else {
            return false;
        };
        let mut of_first = before;
        of_first.extend(self.first().iter());
        let question = Question {
            begun,
            with_scan: report.is_some(),
            situation: &self.situation,
            of_first,
        };
        let mut counts = self.counts();
        let is_whole = match status {
            200 => question.check(&answer, &mut counts),
            _ => {
                counts.wrong(format!("{status}: {answer}"));
                false
            }
        };
        counts.right += u64::from(is_whole);
        is_whole
    }

    /// Hands a new report over. Gives its number if it was acknowledged.
    async fn deliver(&self, client: &Client) -> Option<u64> {
        let number = {
            let mut letters = self.letters();
            letters.next += 1;
            letters.next
        };
        let begun = Instant::now();
        let url = format!(
            "{}/v1/evidence/ingest/{SCAN}?workspaceId=workspace-acme-prod&service=checkout-api&environment=production",
            self.url
        );
        let delivery = client.post(url).json(&numbered::report(number));
        let delivery = delivery.header("passport-observed-at", observed_at());
        let (status, answer) = self.sent(delivery, begun).await?;
        let mut services = ["quality", GATEWAY].into_iter();
        let is_harmed = services.any(|it| self.situation.is_harmed(it, begun));
        let mut counts = self.counts();
        match status {
            202 => {
                counts.right += 1;
                counts.acknowledged += 1;
                drop(counts);
                self.letters().acknowledged.insert(number);
                return Some(number);
            }
            503 | 504 if is_harmed => {
                *counts
                    .refused
                    .entry(format!("ingest {status}"))
                    .or_default() += 1;
            }
            _ => counts.wrong(format!("ingest {status}: {answer}")),
        }
        None
    }

    /// Sends a call with its deadline. `None`: nobody answered, which only a gateway that is harmed
    /// may do.
    async fn sent(&self, request: reqwest::RequestBuilder, begun: Instant) -> Option<(u16, Value)> {
        self.counts().calls += 1;
        let timeout = format!("{}ms", DEADLINE.as_millis());
        let request = request
            .bearer_auth(TOKEN)
            .header("passport-timeout", timeout);
        let answer = request.timeout(PATIENCE).send().await;
        let answer = match answer {
            Ok(answer) => read(answer).await,
            Err(error) => Err(error),
        };
        let took = begun.elapsed();
        let is_harmed = self.situation.is_harmed(GATEWAY, begun);
        match answer {
            Ok(answer) => {
                if took > DEADLINE && !is_harmed {
                    let mut counts = self.counts();
                    counts.late += 1;
                    counts.told.push(format!("late: {took:?}"));
                }
                Some(answer)
            }
            Err(error) => {
                if is_harmed {
                    let mut counts = self.counts();
                    *counts.refused.entry("no gateway".to_owned()).or_default() += 1;
                } else {
                    let mut counts = self.counts();
                    counts.wrong(format!("no reply after {took:?}: {error:?}"));
                }
                sleep(REFUSED).await;
                None
            }
        }
    }
}

/// Now, as headers say it.
fn observed_at() -> String {
    time(SystemClock.now())
}

async fn read(answer: Response) -> reqwest::Result<(u16, Value)> {
    let status = answer.status().as_u16();
    let body = answer.text().await?;
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    Ok((status, value))
}
