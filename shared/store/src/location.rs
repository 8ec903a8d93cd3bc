//! Where a service's database is.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Where a service's database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file of SQLite, made when it is not there. Only one machine can use it.
    File(PathBuf),
    /// A schema of PostgreSQL, made when it is not there and the role may do so.
    Postgres {
        /// `postgres://user:password@host/database?sslmode=verify-full`.
        url: SecretString,
        /// The service's own schema.
        schema: String,
    },
}

/// Why a URL can't be that of a database. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLocation {
    /// Not a URL.
    #[error("the database's URL can't be read; write postgres://USER:PASSWORD@HOST/DATABASE")]
    NotAUrl,
    /// A URL of something else.
    #[error("the database's URL doesn't begin with postgres://; no other server is supported")]
    NotPostgres,
    /// Nothing says which database.
    #[error("the database's URL names no database; write postgres://USER:PASSWORD@HOST/DATABASE")]
    NoDatabase,
}

// === impl Location ===

impl Location {
    /// The service's file in a folder.
    pub fn in_folder(folder: &Path, service: &str) -> Self {
        Self::File(folder.join(format!("{service}.sqlite3")))
    }

    /// The service's schema in a database of PostgreSQL.
    ///
    /// # Errors
    /// The URL is none of PostgreSQL's.
    pub fn in_postgres(url: SecretString, service: &str) -> Result<Self, BadLocation> {
        let parsed = Url::parse(url.expose_secret()).map_err(|_| BadLocation::NotAUrl)?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(BadLocation::NotPostgres);
        }
        if parsed.path().len() < 2 {
            return Err(BadLocation::NoDatabase);
        }
        let schema = format!("passport_{}", service.replace('-', "_"));
        Ok(Self::Postgres { url, schema })
    }
}
