//! A process that is killed again and again while it adds to the ledger loses nothing that it was
//! told is there, and leaves a chain that is whole.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use futures::future::join_all;
use passport_store::{Ledger, Location, NewEntry};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    databases::{Both, Scratch},
    entries::{acme, passport_of, workspace},
    seals::Key,
};

/// How often it is killed in a usual run.
const USUAL: u64 = 20;
/// Most entries that are acknowledged before the kill.
const ACKNOWLEDGED_AT_MOST: u64 = 60;
/// Those who wait for an entry at once in the process.
const CALLERS: u128 = 6;
/// Names the database to the process that is killed.
const DATABASE: &str = "PASSPORT_TEST_LEDGER";
/// And its schema, if it has one.
const SCHEMA: &str = "PASSPORT_TEST_LEDGER_SCHEMA";
/// And the number of the round.
const ROUND: &str = "PASSPORT_TEST_LEDGER_ROUND";

const WORKSPACES: [&str; 2] = ["acme", "rival"];

/// `PASSPORT_KILL_ROUNDS`, where it is set.
fn rounds() -> u64 {
    let set = env::var("PASSPORT_KILL_ROUNDS").ok();
    set.map_or(USUAL, |rounds| rounds.parse().unwrap())
}

/// `PASSPORT_KILL_SEED`, where it is set.
fn seed() -> String {
    env::var("PASSPORT_KILL_SEED").unwrap_or_else(|_| "ledger".to_owned())
}

/// The same for the same seed.
fn chance(round: u64, what: &str, below: u64) -> u64 {
    let digest = Sha256::digest(format!("{} {round} {what}", seed()));
    let first: [u8; 8] = digest[..8].try_into().unwrap();
    u64::from_be_bytes(first) % below
}

/// Acknowledged entries: their place by workspace and id.
type Acknowledged = BTreeMap<(String, Uuid), u64>;

fn start(scratch: &Scratch, round: u64) -> Child {
    let (database, schema) = match &scratch.at {
        Location::File(path) => (path.display().to_string(), String::new()),
        Location::Postgres { url, schema } => (url.expose_secret().to_owned(), schema.clone()),
    };
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kills::adds_until_it_is_killed", "--ignored"])
        .args(["--nocapture", "--test-threads", "1"])
        .env(DATABASE, database)
        .env(SCHEMA, schema)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads until so many entries were acknowledged, waits no time that could be told, kills, and reads
/// what else was acknowledged before.
fn kill_after(mut child: Child, round: u64, acknowledged: &mut Acknowledged) {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let enough = chance(round, "acknowledged", ACKNOWLEDGED_AT_MOST + 1);
    let mut seen = 0;
    while seen < enough {
        seen += u64::from(note(&mut lines, acknowledged).expect("it adds until it is killed"));
    }
    for _ in 0..chance(round, "spins", 200_000) {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    while note(&mut lines, acknowledged).is_some() {}
    child.wait().unwrap();
}

/// Reads a line and says whether it acknowledges an entry. None where there are no more whole ones.
fn note(lines: &mut impl BufRead, acknowledged: &mut Acknowledged) -> Option<bool> {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    let line = line.strip_suffix('\n')?;
    let Some(said) = line.strip_prefix("added ") else {
        return Some(false);
    };
    let said: Vec<_> = said.split(' ').collect();
    let key = (said[0].to_owned(), said[1].parse().unwrap());
    acknowledged.insert(key, said[2].parse().unwrap());
    Some(true)
}

async fn check(ledger: &Ledger, acknowledged: &Acknowledged) {
    for name in WORKSPACES {
        let verified = ledger.verify(&workspace(name), None, &Key).await;
        assert!(verified.is_ok(), "{verified:?}");
    }
    for ((name, id), place) in acknowledged {
        let kept = ledger.get(&workspace(name), *id).await.unwrap();
        assert_eq!(kept.map(|it| it.sequence), Some(*place), "{name} {id}");
    }
}

/// On several rounds the process is killed before it has opened the database.
async fn drill(which: Both) {
    let scratch = Scratch::new(which).await;
    let ledger = scratch.open_ledger().await;
    let mut acknowledged = Acknowledged::new();
    for round in 0..rounds() {
        let child = start(&scratch, round);
        let mut of_round = Acknowledged::new();
        kill_after(child, round, &mut of_round);
        check(&ledger, &of_round).await;
        acknowledged.append(&mut of_round);
    }
    check(&ledger, &acknowledged).await;
    let verified = ledger.verify(&acme(), None, &Key).await.unwrap();
    println!(
        "{} kills, {} entries acknowledged, {} in the chain of acme, seed {}",
        rounds(),
        acknowledged.len(),
        verified.entries,
        seed()
    );
    assert!(acknowledged.len() as u64 >= rounds(), "it seldom added");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_kept_over_kills_in_sqlite() {
    drill(Both::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_kept_over_kills_in_postgresql() {
    drill(Both::Postgres).await;
}

/// The process that is killed; says what it was told is there.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests that kill it"]
async fn adds_until_it_is_killed() {
    let Ok(database) = env::var(DATABASE) else {
        return;
    };
    let at = match env::var(SCHEMA).unwrap() {
        schema if schema.is_empty() => Location::File(database.into()),
        schema => Location::Postgres {
            url: database.into(),
            schema,
        },
    };
    let round: u128 = env::var(ROUND).unwrap().parse().unwrap();
    println!();
    let ledger = Ledger::open(&at, Arc::new(Key)).await.unwrap();
    join_all((0..CALLERS).map(|caller| add_for_ever(&ledger, round, caller))).await;
}

async fn add_for_ever(ledger: &Ledger, round: u128, caller: u128) {
    for n in 0.. {
        let name = WORKSPACES[(n % 2) as usize];
        let new = NewEntry {
            body: vec![b'x'; (n % 7 * 300) as usize].into(),
            ..passport_of(name, (round * CALLERS + caller) * 1_000_000 + n)
        };
        let added = ledger.append(new).await.unwrap();
        // Whole lines, whoever else writes to it.
        let line = format!("added {name} {} {}\n", added.id, added.sequence);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}
