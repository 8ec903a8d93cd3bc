//! The `passport` command: asks a gateway for evidence, and runs the whole mesh in one process.

mod all_in_one;
mod cli;
mod client;
mod commands;
mod connectors;
mod exit;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;
use passport_service_kit::process::tell_place_only;

#[tokio::main]
async fn main() -> ExitCode {
    tell_place_only();
    let cli = cli::Cli::parse();
    match commands::run(cli).await {
        Ok(exit) => exit.into(),
        Err(fault) => exit::tell(&fault),
    }
}
