//! A database of PostgreSQL whose password is a canary.

use anyhow::{Context as _, Result, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::process::Command;

use crate::search::{Canary, Output};

/// Names the URL of a server; the test command starts one.
const SERVER: &str = "PASSPORT_TEST_POSTGRES";

/// A database that nobody else uses.
pub struct Scratch {
    server: String,
    name: String,
    /// Its URL, with the password.
    pub url: String,
    pub canary: Canary,
}

// === impl Scratch ===

impl Scratch {
    pub async fn new() -> Result<Self> {
        let server = std::env::var(SERVER).with_context(|| {
            format!("{SERVER} names no server: integration-tests/postgres.sh starts one")
        })?;
        let (canary, password) = Canary::word("password of the database")?;
        let name = format!("canaries_{}", std::process::id());
        let (_, host) = server.split_once('@').context("no host")?;
        let host = host.split('/').next().unwrap_or_default();
        let encoded = utf8_percent_encode(&password, NON_ALPHANUMERIC);
        let scratch = Self {
            url: format!("postgres://{name}:{encoded}@{host}/{name}"),
            server,
            name,
            canary,
        };
        let name = &scratch.name;
        scratch
            .tell(&format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'"))
            .await?;
        scratch
            .tell(&format!("CREATE DATABASE {name} OWNER {name}"))
            .await?;
        Ok(scratch)
    }

    /// Every row of every table, as text.
    pub async fn dumped(&self) -> Result<Output> {
        let mut dump = Command::new("pg_dump");
        dump.args(["--inserts", "--dbname", &self.url]);
        let output = dump.output().await.context("pg_dump can't be run")?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(Output::new("the database", output.stdout))
    }

    /// Removes it.
    pub async fn end(self) -> Result<()> {
        self.tell(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await?;
        self.tell(&format!("DROP ROLE {}", self.name)).await
    }

    async fn tell(&self, statement: &str) -> Result<()> {
        let mut psql = Command::new("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--command",
            statement,
            &self.server,
        ]);
        let output = psql.output().await.context("psql can't be run")?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}
