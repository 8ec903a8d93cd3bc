//! The gateway as a program of its own.

mod alone;

use std::process::ExitCode;

use alone::Alone;
use clap::Parser;
use passport_service_kit::process::{self, ProcessArgs};

/// Answers whether a service is safe to release: asks the collectors that its configuration names,
/// and checks what comes back. Listens beyond this machine only if the configuration has callers:
/// tokens, or clients with certificates.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    process: ProcessArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    process::tell_place_only();
    let cli = Cli::parse();
    match Alone::new() {
        Ok(gateway) => process::run(gateway, &cli.process).await,
        Err(fault) => process::tell(&fault),
    }
}
