//! A database that nobody else uses, of either kind that services keep things in.

use std::env;

use anyhow::{Context, Result};
use passport_store::Location;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// Names the URL of a server of PostgreSQL where databases may be made.
const SERVER: &str = "PASSPORT_TEST_POSTGRES";

/// Where services find the URL of their database.
const URL: &str = "PASSPORT_TEST_DATABASE";

/// A database for one deployment.
#[derive(Debug)]
pub enum Database {
    /// A folder of SQLite's files, gone when dropped.
    Sqlite(TempDir),
    /// A database of its own on the server of the tests, gone when [removed](Database::remove).
    Postgres {
        /// How services reach it.
        url: String,
        /// Its name.
        name: String,
    },
}

// === impl Database ===

impl Database {
    /// A folder for SQLite.
    ///
    /// # Errors
    /// It can't be made.
    pub fn sqlite() -> Result<Self> {
        Ok(Self::Sqlite(TempDir::new()?))
    }

    /// A new database of PostgreSQL.
    ///
    /// # Errors
    /// There is no server.
    pub async fn postgres() -> Result<Self> {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let (server, _) = server()?;
        on_the_server(&format!("CREATE DATABASE {name}")).await?;
        let url = format!("{server}/{name}");
        Ok(Self::Postgres { url, name })
    }

    /// What a configuration says under `store`.
    #[must_use]
    pub fn store(&self) -> Value {
        match self {
            Self::Sqlite(folder) => json!({ "folder": folder.path() }),
            Self::Postgres { .. } => json!({ "postgres": { "env": URL } }),
        }
    }

    /// Variables that services need for that.
    #[must_use]
    pub fn environment(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres { url, .. } => vec![(URL, url)],
        }
    }

    /// Where a collector keeps its part, for a test to look into.
    ///
    /// # Errors
    /// The server's URL is not one of PostgreSQL.
    pub fn of(&self, collector: &str) -> Result<Location> {
        Ok(match self {
            Self::Sqlite(folder) => Location::in_folder(folder.path(), collector),
            Self::Postgres { url, .. } => Location::in_postgres(url.clone().into(), collector)?,
        })
    }

    /// Removes it, whoever still uses it.
    ///
    /// # Errors
    /// The server does not let it go.
    pub async fn remove(self) -> Result<()> {
        match self {
            Self::Sqlite(folder) => Ok(folder.close()?),
            Self::Postgres { name, .. } => {
                on_the_server(&format!("DROP DATABASE {name} WITH (FORCE)")).await
            }
        }
    }
}

async fn on_the_server(statement: &str) -> Result<()> {
    let (server, database) = server()?;
    let server: DatabaseConnection =
        sea_orm::Database::connect(format!("{server}/{database}")).await?;
    server.execute_unprepared(statement).await?;
    Ok(server.close().await?)
}

/// The server's URL, and the database in it that is always there.
fn server() -> Result<(String, String)> {
    let url = env::var(SERVER).with_context(|| {
        format!("{SERVER} names no server: run `eval \"$(integration-tests/postgres.sh start)\"`")
    })?;
    let parts = url.rsplit_once('/').context("a URL without a database")?;
    Ok((parts.0.to_owned(), parts.1.to_owned()))
}
