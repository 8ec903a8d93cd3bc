//! Asks a collector whether certain facts about a service have passed, and only then becomes the program
//! that serves: an entry point for a container, or `ExecStart` of a unit. An example to copy from; only
//! the protocol (`passport-proto`) is needed, and nothing else of the mesh.

#![allow(
    clippy::print_stderr,
    reason = "what supervisors show of a program that did not start"
)]

mod ask;
mod judge;

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime};

use clap::Parser;

const ENDS: &str =
    "Ends with 1 if a fact has not passed, with 3 if nobody could tell; else it is PROGRAM.";

/// Starts PROGRAM if the facts that are named have passed.
#[derive(Debug, Parser)]
#[command(after_help = ENDS)]
pub struct Args {
    /// The collector, such as `https://quality.mesh.svc:8443`
    #[arg(long, value_name = "URL")]
    collector: String,
    /// Who signed the collector's certificate, as PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The service's own certificate, as PEM, which the collector's `clients` name
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// Its key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[arg(long, value_name = "NAME")]
    workspace: String,
    #[arg(long, value_name = "NAME")]
    service: String,
    #[arg(long, value_name = "NAME")]
    environment: String,
    /// The source whose facts count
    #[arg(long, value_name = "NAME")]
    source: String,
    /// A fact that must have passed, as NAME or NAME/ITEM; may be given several times
    #[arg(long = "fact", value_name = "FACT", required = true)]
    facts: Vec<String>,
    /// What is about to start: the digest of its image
    #[arg(long, value_name = "DIGEST")]
    artifact_digest: Option<String>,
    /// What is about to start: its full commit id
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,
    /// Longest time that the answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
    /// What to start
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let within = Duration::from_secs(args.timeout);
    let asked = tokio::time::timeout(within, ask::outcomes(&args, within)).await;
    let outcomes = match asked {
        Ok(Ok(outcomes)) => outcomes,
        Ok(Err(error)) => return untold(&error.to_string()),
        Err(_elapsed) => return untold("no answer in time"),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "only what is judged needs a clock that can be set"
    )]
    let now = SystemTime::now();
    match judge::judge(&outcomes, &args, now) {
        Ok(()) => become_the_program(&args.program),
        Err(judge::Held::Untold(why)) => untold(&why),
        Err(judge::Held::NotPassed(reasons)) => {
            for reason in reasons {
                eprintln!("gated-start: not started: {reason}");
            }
            ExitCode::from(1)
        }
    }
}

fn untold(why: &str) -> ExitCode {
    eprintln!("gated-start: not started: nobody could tell: {why}");
    ExitCode::from(3)
}

/// Returns only where it can't be run.
fn become_the_program(program: &[OsString]) -> ExitCode {
    if let Some((name, arguments)) = program.split_first() {
        let error = Command::new(name).args(arguments).exec();
        eprintln!("gated-start: {} can't be run: {error}", name.display());
    }
    ExitCode::from(126)
}
