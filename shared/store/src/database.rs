//! Opening a database, and bringing its tables up to date.

use std::{future::ready, io::ErrorKind, path::Path, str::FromStr as _, sync::Arc, time::Duration};

use futures::future::BoxFuture;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, Statement, TransactionTrait as _,
};
use sea_orm::{
    SqliteTransactionMode, TransactionOptions,
    sqlx::{
        Connection as _, SqliteConnection,
        postgres::PgConnectOptions,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep};

use crate::{BadLocation, Location, StoreError};

/// How long a call waits for a connection, and a writer of SQLite for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a file is left alone that somebody else has to himself.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);
/// How long a statement of PostgreSQL may take, or wait for a lock: a writer serves many senders.
const LONGEST_STATEMENT: &str = "5s";
/// Most connections of one process to one database.
pub(crate) const CONNECTIONS: u32 = 8;
/// Lock of PostgreSQL that replicas take while one of them makes the tables; any constant does.
const MIGRATION_LOCK: i64 = 0x7061_7373_706f_7274;

/// Opens a database and runs the migrations that it lacks, all of them or none.
pub(crate) async fn open<M: MigratorTrait + 'static>(
    at: &Location,
) -> Result<DatabaseConnection, StoreError> {
    match at {
        Location::File(path) => {
            private_file(path).map_err(|error| StoreError::File {
                path: path.to_path_buf(),
                kind: error.kind(),
            })?;
            let path: Arc<Path> = Arc::from(path.as_path());
            // Boxed: the optimizer gives up on types as deep as these would be, and the compiler can't
            // see that a future which borrows may be sent to other threads.
            when_free(|| Box::pin(open_file::<M>(Arc::clone(&path)))).await
        }
        Location::Postgres { url, schema } => {
            let db = postgres(url, schema).await?;
            let writing = begin_writing(&db).await?;
            let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            writing.execute_unprepared(&lock).await?;
            make_schema(&writing, schema).await?;
            M::up(&writing, None).await?;
            writing.commit().await?;
            Ok(db)
        }
    }
}

async fn open_file<M: MigratorTrait + 'static>(
    path: Arc<Path>,
) -> Result<DatabaseConnection, StoreError> {
    let db = sqlite(&path).await?;
    let writing = begin_writing(&db).await?;
    M::up(&writing, None).await?;
    writing.commit().await?;
    Ok(db)
}

/// Tries again while others have the file to themselves. SQLite waits for them in most places, and in
/// some it does not: where the write-ahead log is begun or recovered.
async fn when_free<T>(
    mut attempt: impl FnMut() -> BoxFuture<'static, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match attempt().await {
            Err(error) if error.is_busy() && Instant::now() < until => sleep(BETWEEN_TRIES).await,
            done => return done,
        }
    }
}

/// A transaction that holds the right to write from its start: SQLite refuses a reader that turns
/// into a writer after another has written.
pub(crate) async fn begin_writing(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    db.begin_with_options(TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    })
    .await
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .sqlx_logging(false);
    options
}

/// Durable at every commit (`FULL`): with less, the last ones would be lost with the power.
async fn sqlite(path: &Path) -> Result<DatabaseConnection, StoreError> {
    let mut options = options("sqlite://");
    let path = path.to_path_buf();
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
    });
    options
        .map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(ready(Ok(is_idle(connection)))));
    Ok(Database::connect(options).await?)
}

/// Whether a connection is in no transaction, as far as its driver knows.
///
/// SQLite ends a transaction by itself where the disk is full. The driver's own rollback then fails,
/// and it takes what comes next on this connection for a part of that transaction: what is committed
/// would not be. Such a connection is closed and another one opened.
fn is_idle(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// Makes the file and its folder where they are missing, for nobody else to read. SQLite gives
/// its further files the same mode. A file that is there is never opened here: closing it again would
/// take away the locks that this process has on it.
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut new = std::fs::OpenOptions::new();
    match new.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_made) => Ok(()),
        // It may have been open to others.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        }
        Err(error) => Err(error),
    }
}

/// The URL goes past sea-orm, whose spans show the one that it is given.
async fn postgres(url: &SecretString, schema: &str) -> Result<DatabaseConnection, StoreError> {
    let given = PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| BadLocation::NotAUrl)?
        .application_name("passport-mesh")
        .options([
            ("search_path", schema),
            ("lock_timeout", LONGEST_STATEMENT),
            ("statement_timeout", LONGEST_STATEMENT),
        ]);
    let mut options = options("postgres://");
    options.map_sqlx_postgres_opts(move |_| given.clone());
    Ok(Database::connect(options).await?)
}

/// Made only where it is missing: a role that may not make one can still use one.
async fn make_schema(db: &DatabaseTransaction, schema: &str) -> Result<(), DbErr> {
    let known = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT 1 FROM pg_namespace WHERE nspname = $1",
        [schema.into()],
    );
    if db.query_one_raw(known).await?.is_none() {
        let make = format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"");
        db.execute_unprepared(&make).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
