//! A fresh database for each test.

use std::sync::Arc;

use passport_store::{Deliveries, Ledger, Limits, Location};
use tempfile::TempDir;

use crate::seals::Key;

/// Names the URL of a server of PostgreSQL where schemas may be made; the test command starts one
/// (`integration-tests/postgres.sh start` does by hand).
pub const SERVER: &str = "PASSPORT_TEST_POSTGRES";

/// The databases that are supported.
#[derive(Debug, Clone, Copy)]
pub enum Both {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses.
pub struct Scratch {
    pub at: Location,
    _folder: TempDir,
}

impl Scratch {
    pub async fn new(which: Both) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = match which {
            Both::Sqlite => Location::in_folder(&folder.path().join("data"), "metrics"),
            Both::Postgres => Location::in_postgres(server().into(), &unique()).unwrap(),
        };
        Self {
            at,
            _folder: folder,
        }
    }

    pub async fn open(&self) -> Deliveries {
        self.open_with(Limits::default()).await
    }

    pub async fn open_ledger(&self) -> Ledger {
        Ledger::open(&self.at, Arc::new(Key)).await.unwrap()
    }

    pub async fn open_with(&self, limits: Limits) -> Deliveries {
        Deliveries::open(&self.at, limits).await.unwrap()
    }
}

pub fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} names no server: run `eval \"$(integration-tests/postgres.sh start)\"`")
    })
}

/// A schema is named after it; nothing of an earlier run has the name.
fn unique() -> String {
    format!("test_{}", uuid::Uuid::now_v7().simple())
}

/// Runs each test on each database.
macro_rules! both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test($crate::databases::Scratch::new($crate::databases::Both::Sqlite).await).await;
            })*
        }
        mod postgresql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test($crate::databases::Scratch::new($crate::databases::Both::Postgres).await).await;
            })*
        }
    };
}
