//! A collector that is killed again and again under load loses nothing that it acknowledged, and
//! keeps nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use passport_integration_tests::configuration::{File, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::numbered::{Client, client, configuration, deliver, number};
use passport_integration_tests::program::Program;
use passport_proto::collector::IngestResult;
use passport_store::{Deliveries, Limits};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::timeout;

/// How many senders are waiting for an answer at once.
const SENDERS: usize = 6;

/// Most deliveries that are acknowledged between a start and the kill.
const ACKNOWLEDGED_AT_MOST: u64 = 30;

/// Rounds that are over before the collector listens, of a hundred.
const KILLED_EARLY: u32 = 10;

/// A collector mostly listens by then.
const START: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_kept_once_over_kills_on_sqlite() -> Result<()> {
    drill(Database::sqlite()?, rounds(200)?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_kept_once_over_kills_on_postgresql() -> Result<()> {
    drill(Database::postgres().await?, rounds(20)?).await
}

/// `PASSPORT_KILL_ROUNDS`, where it is set.
fn rounds(usual: u32) -> Result<u32> {
    let set = env::var("PASSPORT_KILL_ROUNDS").ok();
    Ok(set.map_or(Ok(usual), |rounds| rounds.parse())?)
}

/// `PASSPORT_KILL_SEED`, where it is set: the same seed gives the same moments, as far as the
/// machine does.
fn seed() -> Result<u64> {
    let set = env::var("PASSPORT_KILL_SEED").ok();
    Ok(set.map_or(Ok(rand::random()), |seed| seed.parse())?)
}

async fn drill(database: Database, rounds: u32) -> Result<()> {
    let seed = seed()?;
    let drill = Drill::of(database, seed)?;
    let done = drill.run(rounds, StdRng::seed_from_u64(seed)).await;
    done.with_context(|| format!("with PASSPORT_KILL_SEED={seed}"))?;
    drill.database.remove().await
}

/// One store, the collector that uses it, and what those know who send.
struct Drill {
    file: File,
    database: Database,
    sent: Sent,
}

/// What the senders know.
struct Sent {
    letters: Mutex<Letters>,
    /// How many were acknowledged.
    acknowledged: watch::Sender<u64>,
}

/// Deliveries by their number.
struct Letters {
    chance: StdRng,
    /// The next that nobody has sent.
    next: u64,
    /// Sent, with no answer that tells what became of it.
    unanswered: BTreeSet<u64>,
    acknowledged: BTreeSet<u64>,
}

// === impl Drill ===

impl Drill {
    fn of(database: Database, seed: u64) -> Result<Self> {
        Ok(Self {
            file: File::of(&with(configuration(), "store", database.store()))?,
            database,
            sent: Sent::nothing(seed),
        })
    }

    async fn run(&self, rounds: u32, mut chance: StdRng) -> Result<()> {
        let mut killed_early = 0;
        for round in 0..rounds {
            let done = self.round(&mut chance).await;
            let listened = done.with_context(|| format!("in round {round}"))?;
            killed_early += u32::from(!listened);
        }
        ensure!(
            killed_early < rounds.div_ceil(2),
            "the collector seldom listened before it was killed"
        );
        self.check_kept().await?;
        self.send_all_again().await
    }

    async fn start(&self) -> Result<Program> {
        let arguments = ["--listen", "127.0.0.1:0", "--config", self.file.name()];
        let environment = self.database.environment();
        let folder = self.file.folder();
        Program::start_in(folder, "passport-quality", arguments, &environment).await
    }

    /// Starts the collector, sends, and kills it. Gives whether it came to listen.
    async fn round(&self, chance: &mut StdRng) -> Result<bool> {
        let mut collector = if chance.random_ratio(KILLED_EARLY, 100) {
            let moment = START.mul_f64(chance.random());
            match timeout(moment, self.start()).await {
                Ok(listens) => listens?,
                Err(_killed) => return Ok(false),
            }
        } else {
            self.start().await?
        };
        let client = client(&collector).await?;
        let alive = watch::Sender::new(true);
        let killing = async {
            let more = chance.random_range(0..=ACKNOWLEDGED_AT_MOST);
            self.sent.wait_for_more(more).await?;
            for _ in 0..chance.random_range(0..100) {
                yield_now().await;
            }
            alive.send_replace(false);
            collector.kill().await
        };
        let senders = (0..SENDERS).map(|_| self.send(client.clone(), &alive));
        let (killed, sent) = tokio::join!(killing, try_join_all(senders));
        killed?;
        sent.map(|_| true)
            .with_context(|| format!("the collector said\n{}", collector.output()))
    }

    /// Sends until the collector is gone.
    async fn send(&self, mut client: Client, alive: &watch::Sender<bool>) -> Result<()> {
        loop {
            let number = self.sent.take();
            match deliver(&mut client, number).await {
                Ok(_) => self.sent.acknowledge(number),
                Err(error) => {
                    ensure!(!*alive.borrow(), "a living collector refused: {error:#}");
                    return Ok(());
                }
            }
        }
    }

    /// How often each delivery is kept.
    async fn kept(&self) -> Result<BTreeMap<u64, u32>> {
        let at = self.database.of("quality")?;
        let deliveries = Deliveries::open(&at, Limits::default()).await?;
        let source = serde_json::from_value(json!({
            "workspaceId": "workspace-acme-prod",
            "service": "checkout-api",
            "environment": "production",
        }))?;
        let source = passport_evidence::SourceId {
            scope: source,
            name: "scan".parse()?,
        };
        let now = passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock);
        let held = deliveries.held(&source, now).await?;
        let taken = deliveries.taken(&source).await?;
        ensure!(
            taken == held.records.len() as u64,
            "{taken} were counted, {} are kept",
            held.records.len()
        );
        let mut kept = BTreeMap::new();
        for record in held.records {
            *kept.entry(number(&record.body)?).or_default() += 1;
        }
        Ok(kept)
    }

    /// All that was acknowledged is kept, nothing is twice, and nothing is that was not sent.
    async fn check_kept(&self) -> Result<()> {
        let kept = self.kept().await?;
        let letters = self.sent.letters();
        let missing: Vec<_> = letters
            .acknowledged
            .iter()
            .filter(|number| !kept.contains_key(number))
            .collect();
        ensure!(
            missing.is_empty(),
            "acknowledged and not kept: {missing:?} of {}",
            letters.acknowledged.len()
        );
        let twice: Vec<_> = kept.iter().filter(|(_, times)| **times > 1).collect();
        ensure!(twice.is_empty(), "kept more than once: {twice:?}");
        let unknown: Vec<_> = kept
            .keys()
            .filter(|number| **number >= letters.next)
            .collect();
        ensure!(unknown.is_empty(), "kept and never sent: {unknown:?}");
        Ok(())
    }

    /// Whoever got no answer sends it again, and so does one who did: each is then kept once, and
    /// the answer tells whether it was before.
    async fn send_all_again(&self) -> Result<()> {
        let before = self.kept().await?;
        let collector = self.start().await?;
        let client = client(&collector).await?;
        let all = self.sent.letters().next;
        let again = stream::iter(0..all).map(|number| {
            let (mut client, was_kept) = (client.clone(), before.contains_key(&number));
            async move {
                let result = deliver(&mut client, number).await?;
                let expected = match was_kept {
                    true => IngestResult::Duplicate,
                    false => IngestResult::Accepted,
                };
                ensure!(result == expected, "{number} was {result:?}");
                Ok(())
            }
        });
        let again = again.buffer_unordered(SENDERS);
        again.try_collect::<Vec<()>>().await?;
        let after = self.kept().await?;
        let once = (0..all).map(|number| (number, 1)).collect();
        ensure!(after == once, "not all {all} are kept once");
        Ok(())
    }
}

// === impl Sent ===

impl Sent {
    fn nothing(seed: u64) -> Self {
        Self {
            letters: Mutex::new(Letters {
                chance: StdRng::seed_from_u64(!seed),
                next: 0,
                unanswered: BTreeSet::new(),
                acknowledged: BTreeSet::new(),
            }),
            acknowledged: watch::Sender::new(0),
        }
    }

    fn letters(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number to send: a new one, or one that got no answer. Until it gets one it has none.
    fn take(&self) -> u64 {
        let mut letters = self.letters();
        let again = letters.chance.random_bool(0.5);
        let number = match letters.unanswered.first() {
            Some(number) if again => *number,
            Some(_) | None => {
                letters.next += 1;
                letters.next - 1
            }
        };
        letters.unanswered.insert(number);
        number
    }

    fn acknowledge(&self, number: u64) {
        let mut letters = self.letters();
        letters.unanswered.remove(&number);
        letters.acknowledged.insert(number);
        self.acknowledged.send_modify(|count| *count += 1);
    }

    async fn wait_for_more(&self, more: u64) -> Result<()> {
        let mut acknowledged = self.acknowledged.subscribe();
        let before = *acknowledged.borrow_and_update();
        acknowledged.wait_for(|now| *now >= before + more).await?;
        Ok(())
    }
}
