//! Measures how many durable entries a second the ledger takes, beside bare durable inserts of the
//! same bytes into a table of two columns in the same database, by as many callers at once.
//!
//! `cargo run --release -p passport-store --example ledger_beside_inserts [CALLERS] [SECONDS]`
//!
//! On SQLite in a folder of the temporary one, and on the server that `PASSPORT_TEST_POSTGRES` names. The
//! bare inserts commit one by one, as whoever keeps a row for each request would write them.

use std::{
    env,
    error::Error,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::DateTime;
use futures::future::try_join_all;
use passport_evidence::Scope;
use passport_store::{EntryKind, Ledger, Location, NewEntry, Seal, Sealer, StoreError};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr, Statement,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Bytes of a passport, about.
const BYTES: usize = 4_096;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Costs nothing: the measure is the ledger's.
struct Free;

impl Sealer for Free {
    fn seal(&self, message: &[u8]) -> Seal {
        Seal {
            key_id: "free".to_owned(),
            signature: Sha256::digest(message).to_vec(),
        }
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = env::args().skip(1);
    let callers = arguments.next().map_or(Ok(16), |it| it.parse())?;
    let seconds = arguments.next().map_or(Ok(5), |it| it.parse())?;
    let folder = tempfile::tempdir()?;
    let sqlite = Location::in_folder(folder.path(), "gateway");
    measure("SQLite", &sqlite, callers, Duration::from_secs(seconds)).await?;
    if let Ok(url) = env::var("PASSPORT_TEST_POSTGRES") {
        let schema = format!("measured_{}", Uuid::now_v7().simple());
        let postgres = Location::in_postgres(url.into(), &schema)?;
        measure(
            "PostgreSQL",
            &postgres,
            callers,
            Duration::from_secs(seconds),
        )
        .await?;
    }
    Ok(())
}

async fn measure(name: &str, at: &Location, callers: u128, time: Duration) -> Outcome<()> {
    let ledger = Ledger::open(at, Arc::new(Free)).await?;
    let bare = connect(at).await?;
    bare.execute_unprepared("CREATE TABLE bare (id VARCHAR(36) PRIMARY KEY, body TEXT)")
        .await?;
    let appended = rate(callers, time, async |n| append(&ledger, n).await).await?;
    let inserted = rate(callers, time, async |n| insert(&bare, n).await).await?;
    writeln!(
        std::io::stdout(),
        "{name}, {callers} callers: {appended:.0} entries/s, {inserted:.0} bare inserts/s, ratio {:.2}",
        appended / inserted
    )?;
    Ok(())
}

async fn connect(at: &Location) -> Result<DatabaseConnection, DbErr> {
    let url = match at {
        Location::File(_) => "sqlite://".to_owned(),
        Location::Postgres { url, .. } => url.expose_secret().to_owned(),
    };
    let mut options = ConnectOptions::new(url);
    options.max_connections(8).sqlx_logging(false);
    match at {
        Location::File(path) => {
            let path = path.clone();
            options.map_sqlx_sqlite_opts(move |options| {
                options
                    .filename(&path)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(60))
            });
        }
        Location::Postgres { schema, .. } => {
            options.set_schema_search_path(schema);
        }
    }
    Database::connect(options).await
}

/// How often a second something is done by so many at once.
async fn rate<E: Error + 'static>(
    callers: u128,
    time: Duration,
    once: impl AsyncFn(u128) -> Result<(), E>,
) -> Outcome<f64> {
    let done = AtomicU64::new(0);
    let begun = Instant::now();
    let (once, done_by_all) = (&once, &done);
    try_join_all((0..callers).map(async |caller| {
        let mut n = caller;
        while begun.elapsed() < time {
            once(n).await?;
            done_by_all.fetch_add(1, Ordering::Relaxed);
            n += callers;
        }
        Ok::<_, E>(())
    }))
    .await?;
    Ok(done.into_inner() as f64 / begun.elapsed().as_secs_f64())
}

async fn append(ledger: &Ledger, n: u128) -> Result<(), StoreError> {
    let word = |_| StoreError::Unreadable;
    let new = NewEntry {
        id: Uuid::from_u128(n),
        kind: EntryKind::Passport,
        scope: Scope {
            workspace: "acme".parse().map_err(word)?,
            service: "shop".parse().map_err(word)?,
            environment: "production".parse().map_err(word)?,
        },
        about: None,
        subject: Some(Sha256::digest(n.to_be_bytes()).into()),
        at: DateTime::from_timestamp_nanos(1_777_800_600_000_000_000),
        body: Bytes::from(vec![b'x'; BYTES]),
    };
    ledger.append(new).await.map(|_| ())
}

async fn insert(bare: &DatabaseConnection, n: u128) -> Result<(), DbErr> {
    let values = [
        Uuid::from_u128(n).to_string().into(),
        "x".repeat(BYTES).into(),
    ];
    let insert = "INSERT INTO bare (id, body) VALUES ($1, $2)";
    let insert = Statement::from_sql_and_values(bare.get_database_backend(), insert, values);
    bare.execute_raw(insert).await.map(|_| ())
}
