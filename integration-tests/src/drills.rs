//! Fault drills: the nine processes of a mesh under load, one of them harmed again and again, and
//! every reply checked.
//!
//! A drill is strict. It knows which services it harms, and from when to when: a call that overlaps
//! that may go without what those services give, with the codes that say so. Everything else has to
//! be right, in every reply, before its deadline.

mod checked;
mod counts;
mod faults;
mod field;
mod kept;
mod load;
mod on_postgres;
mod provider;
mod proxy;
mod situation;
mod strict;

use anyhow::{Context as _, Result};

pub use self::counts::{Counts, table};

/// What is done to the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drill {
    /// A process is killed (SIGKILL) and started again.
    Kill,
    /// A process is stopped (SIGSTOP) and goes on.
    Stop,
    /// The network between gateway and collectors swallows everything for a while.
    Cut,
    /// The network between gateway and collectors is slow.
    Slow,
    /// A process is told to end (SIGTERM) and started again.
    Restart,
    /// Two replicas of a collector are restarted, one after the other.
    Rolling,
    /// PostgreSQL is stopped and started.
    Postgres,
    /// The disk that SQLite writes to is full for a while.
    Disk,
    /// All nine get new certificates.
    Certificates,
    /// The configuration is swapped for another.
    Configuration,
}

// === impl Drill ===

impl Drill {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Kill,
        Self::Stop,
        Self::Cut,
        Self::Slow,
        Self::Restart,
        Self::Rolling,
        Self::Postgres,
        Self::Disk,
        Self::Certificates,
        Self::Configuration,
    ];

    /// Its name in tables and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Cut => "cut",
            Self::Slow => "slow",
            Self::Restart => "restart",
            Self::Rolling => "rolling",
            Self::Postgres => "postgres",
            Self::Disk => "disk",
            Self::Certificates => "certificates",
            Self::Configuration => "configuration",
        }
    }

    /// Does it so many times.
    ///
    /// # Errors
    /// The mesh did not start or did not recover. What was wrong in replies is counted instead.
    pub async fn run(self, times: u32) -> Result<Counts> {
        let counts = match self {
            Self::Kill => faults::kill(times).await,
            Self::Stop => faults::stop(times).await,
            Self::Cut => faults::cut(times).await,
            Self::Slow => strict::slow(times).await,
            Self::Restart => faults::restart(times).await,
            Self::Rolling => on_postgres::rolling(times).await,
            Self::Postgres => on_postgres::stopped(times).await,
            Self::Disk => faults::disk(times).await,
            Self::Certificates => strict::certificates(times).await,
            Self::Configuration => strict::configuration(times).await,
        };
        counts.with_context(|| format!("in the drill `{}`", self.name()))
    }
}
