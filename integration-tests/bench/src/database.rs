//! The bound of taking something in: one bare insert in its own transaction, as durable as the
//! product's own store.

use std::path::Path;

use anyhow::Result;
use bytes::Bytes;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};

/// As many as the store has to PostgreSQL.
const CONNECTIONS: u32 = 8;

/// A table of bytes.
#[derive(Debug)]
pub struct Bare {
    db: DatabaseConnection,
    insert: &'static str,
}

// === impl Bare ===

impl Bare {
    /// A new file of SQLite. It has one writer at a time: further connections would only wait for it.
    ///
    /// # Errors
    /// It can't be made.
    pub async fn sqlite(file: &Path) -> Result<Self> {
        let mut options = ConnectOptions::new("sqlite://");
        options.max_connections(1).sqlx_logging(false);
        let file = file.to_owned();
        options.map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
        });
        let insert = "INSERT INTO passport_bench (body) VALUES (?)";
        Self::made(options, "BLOB", insert).await
    }

    /// A table of a PostgreSQL, in place of one that an earlier run left.
    ///
    /// # Errors
    /// It can't be reached, or the role may make no table.
    pub async fn postgres(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(CONNECTIONS).sqlx_logging(false);
        let insert = "INSERT INTO passport_bench (body) VALUES ($1)";
        Self::made(options, "BYTEA", insert).await
    }

    async fn made(options: ConnectOptions, bytes: &str, insert: &'static str) -> Result<Self> {
        let db = Database::connect(options).await?;
        let drop = "DROP TABLE IF EXISTS passport_bench";
        db.execute_unprepared(drop).await?;
        let table = format!("CREATE TABLE passport_bench (body {bytes} NOT NULL)");
        db.execute_unprepared(&table).await?;
        Ok(Self { db, insert })
    }

    /// Returns when it is durable.
    ///
    /// # Errors
    /// It is not.
    pub async fn insert(&self, body: &Bytes) -> Result<()> {
        let backend = self.db.get_database_backend();
        let values = [body.to_vec().into()];
        let insert = Statement::from_sql_and_values(backend, self.insert, values);
        self.db.execute_raw(insert).await?;
        Ok(())
    }
}
