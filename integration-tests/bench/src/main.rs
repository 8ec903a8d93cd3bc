//! Measures the built programs beside what bounds them, all on this machine and in one run.
//! `integration-tests/BENCHMARKS.md` says what each line means.

mod ask;
mod cached;
mod compared;
mod configuration;
mod database;
mod echo;
mod gate;
mod ingest;
mod load;
mod near;
mod overload;
mod pods;
mod process;
mod provider;
mod pulled;
mod recorded;
mod report;
mod start;

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use load::Load;

/// Measures Passport Mesh. Any answer that is not the expected one ends it.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder of the built programs
    #[arg(long, value_name = "FOLDER", default_value = "target/release")]
    programs: PathBuf,
    /// Calls of one run
    #[arg(long, value_name = "NUMBER", default_value = "2000")]
    calls: NonZeroUsize,
    /// Runs of each line, of which the median counts
    #[arg(long, value_name = "NUMBER", default_value = "5")]
    runs: NonZeroUsize,
    /// 100 calls, once: whether it works, in a minute
    #[arg(long, conflicts_with_all = ["calls", "runs"])]
    quick: bool,
    /// Measures this part alone; may be given several times
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
}

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Time to the first answer, and memory at rest
    Start,
    /// Evidence out of the collector's cache, beside bare gRPC
    Cached,
    /// Reports taken in, beside a bare durable insert
    Ingest,
    /// Evidence from a provider that takes 50 ms
    Pulled,
    /// A workload of 2,000 pods, read in pages
    Pods,
    /// Three times as many callers as are answered at once
    Overload,
    /// A decision, its signature and the verification, in process
    Gate,
    /// Gates decided from cached evidence and recorded, beside a bare durable insert
    Recorded,
    /// Eight queries by a script of bash, curl and jq, beside `passport collect`
    Compared,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    for part in Part::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(part) {
            continue;
        }
        let table = match part {
            Part::Start => start::measured(&arguments).await?,
            Part::Cached => cached::measured(&arguments).await?,
            Part::Ingest => ingest::measured(&arguments).await?,
            Part::Pulled => pulled::measured(&arguments).await?,
            Part::Pods => pods::measured(&arguments).await?,
            Part::Overload => overload::measured(&arguments).await?,
            Part::Gate => gate::measured(&arguments).await?,
            Part::Recorded => recorded::measured(&arguments).await?,
            Part::Compared => compared::measured(&arguments).await?,
        };
        writeln!(std::io::stdout(), "{table}\n")?;
    }
    Ok(())
}

// === impl Arguments ===

impl Arguments {
    fn load(&self, callers: usize) -> Load {
        let (calls, runs) = match self.quick {
            true => (100, 1),
            false => (self.calls.get(), self.runs.get()),
        };
        Load {
            calls,
            runs,
            callers,
        }
    }
}
