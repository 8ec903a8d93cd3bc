//! Where a service's database is.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
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
    /// What is kept would leave this machine for all to read.
    #[error(
        "the database is on another machine and its URL does not demand TLS; end it with \
         ?sslmode=verify-full, and &sslrootcert=FILE where its authority is none of the system's"
    )]
    InTheClear,
}

/// Whether a database on another machine may be reached without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheClear {
    /// Its URL has to demand TLS.
    Refused,
    /// Because the network itself is trusted.
    Allowed,
}

// === impl Location ===

impl Location {
    /// The service's file in a folder.
    pub fn in_folder(folder: &Path, service: &str) -> Self {
        Self::File(folder.join(format!("{service}.sqlite3")))
    }

    /// The service's schema in a database of PostgreSQL, which is on this machine or reached over TLS.
    ///
    /// # Errors
    /// The URL is none of PostgreSQL's, or leads to another machine without demanding TLS.
    pub fn in_postgres(url: SecretString, service: &str) -> Result<Self, BadLocation> {
        Self::in_postgres_with(url, service, InTheClear::Refused)
    }

    /// The same, where the operator says whether it may be reached without TLS.
    ///
    /// # Errors
    /// As [`in_postgres`](Self::in_postgres).
    pub fn in_postgres_with(
        url: SecretString,
        service: &str,
        in_the_clear: InTheClear,
    ) -> Result<Self, BadLocation> {
        let parsed = Url::parse(url.expose_secret()).map_err(|_| BadLocation::NotAUrl)?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(BadLocation::NotPostgres);
        }
        if parsed.path().len() < 2 {
            return Err(BadLocation::NoDatabase);
        }
        let options = PgConnectOptions::from_str(url.expose_secret());
        let options = options.map_err(|_| BadLocation::NotAUrl)?;
        let is_private = demands_tls(options.get_ssl_mode()) || is_this_machine(&options);
        if !is_private && in_the_clear == InTheClear::Refused {
            return Err(BadLocation::InTheClear);
        }
        let schema = format!("passport_{}", service.replace('-', "_"));
        Ok(Self::Postgres { url, schema })
    }
}

/// `prefer`, the default, is content with less where somebody in between says so.
fn demands_tls(mode: PgSslMode) -> bool {
    match mode {
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => true,
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => false,
    }
}

fn is_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || literal.parse().is_ok_and(is_loopback)
}
