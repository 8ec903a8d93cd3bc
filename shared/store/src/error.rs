//! What can go wrong with a database.

use std::path::PathBuf;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError, SqlxPostgresError as PgDatabaseError};

use crate::{BadLocation, LedgerRefusal};

/// Why something was not read or kept. Texts of the database itself, which may repeat values or
/// addresses, are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had.
    #[error("the database can't be reached; see that it runs and that its URL is right")]
    Unreachable,
    /// The database answered with an error.
    #[error("the database refused with {code}")]
    Refused {
        /// Its code: `SQLSTATE …` of PostgreSQL, whose own log says more, or `SQLite code …`.
        code: String,
    },
    /// What should say where the database is does not.
    #[error(transparent)]
    Location(#[from] BadLocation),
    /// The folder or the file of a database can't be used.
    #[error("{} can't be used: {kind}; name a folder that can be made and written to", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
    /// What was read isn't what this version writes.
    #[error("the database holds what this version can't read; was it written by a newer one?")]
    Unreadable,
    /// As much is kept for the source as may be.
    #[error("as much is kept for this source as may be; wait until some of it expires")]
    Full,
    /// The ledger does not do it.
    #[error(transparent)]
    Ledger(#[from] LedgerRefusal),
    /// The process is about to end.
    #[error("nothing more is taken, this process is ending; send it again")]
    Ending,
}

/// What stands before a code of SQLite.
const SQLITE_CODE: &str = "SQLite code";

/// `SQLITE_BUSY`, whose extended codes have it as their lowest byte.
const SQLITE_BUSY: u32 = 5;

// === impl StoreError ===

impl StoreError {
    /// Whether somebody else has a file of SQLite to himself at this moment.
    pub(crate) fn is_busy(&self) -> bool {
        let Self::Refused { code } = self else {
            return false;
        };
        let code = code.strip_prefix(SQLITE_CODE);
        let code: Option<u32> = code.and_then(|code| code.trim().parse().ok());
        code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
    }

    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "DATABASE_UNREACHABLE",
            Self::Refused { .. } => "DATABASE_REFUSED",
            Self::Location(_) => "DATABASE_URL",
            Self::File { .. } => "DATABASE_FILE",
            Self::Unreadable => "DATABASE_UNREADABLE",
            Self::Full => "SOURCE_FULL",
            Self::Ledger(refusal) => refusal.code(),
            Self::Ending => "ENDING",
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "an enum of sea-orm that may grow"
        )]
        match error {
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => Self::Ending,
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Unreachable,
            DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => runtime(&cause),
            _ => Self::Unreadable,
        }
    }
}

fn runtime(cause: &RuntimeErr) -> StoreError {
    match cause {
        RuntimeErr::SqlxError(error) => sqlx(error),
        RuntimeErr::Internal(_) => StoreError::Unreadable,
    }
}

fn sqlx(error: &SqlxError) -> StoreError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an enum of sqlx that may grow"
    )]
    match error {
        SqlxError::Database(error) => {
            let code = error.code().unwrap_or_default();
            let is_postgres = error.try_downcast_ref::<PgDatabaseError>().is_some();
            let kind = if is_postgres { "SQLSTATE" } else { SQLITE_CODE };
            StoreError::Refused {
                code: format!("{kind} {code}"),
            }
        }
        SqlxError::ColumnDecode { .. } | SqlxError::Decode(_) => StoreError::Unreadable,
        _ => StoreError::Unreachable,
    }
}
