//! What each command does.

mod collect;
mod completions;
mod config;
mod connectors;
mod demo;
mod detect;
mod files;
mod gate;
mod health;
mod hook_token;
mod ingest;
mod ledger;
mod notify;
mod passports;
mod persons;
mod progress;
mod replay;
mod sources;
mod token;
mod traced;
mod up;

use chrono::{DateTime, Utc};
use passport_evidence::Clock as _;

use crate::cli::{Cli, Command, Config, GateCommand, Global, OtherGate};
use crate::exit::{Exit, Fault};
use crate::output::{Format, Show, render};
use crate::terminal::{Terminal, print};
use passport_service_kit::clock::SystemClock;
use traced::traced;

/// Name of this process in traces and metrics.
const SERVICE: &str = "passport";

/// What every command is given.
struct Session {
    global: Global,
    terminal: Terminal,
}

// === impl Session ===

impl Session {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now()
    }

    /// Prints an answer in the form that was asked for.
    fn show(&self, answer: &impl Show) -> Result<(), Fault> {
        print(&render(answer, self.global.output, self.terminal)?)
    }

    /// Refuses a form of output that a command does not have.
    fn only_text(&self, command: &str) -> Result<(), Fault> {
        match self.global.output {
            Format::Table => Ok(()),
            Format::Json | Format::Yaml | Format::Markdown => Err(Fault::wrong(
                format!("`passport {command}` has one form of output"),
                "leave --output out",
            )),
        }
    }
}

/// Does what was typed.
pub async fn run(cli: Cli) -> Result<Exit, Fault> {
    let session = Session {
        global: cli.global,
        terminal: Terminal::of_process(),
    };
    match cli.command {
        Command::Collect(args) => traced("collect", collect::run(&args, &session)).await,
        Command::Gate(GateCommand::Decide(args)) => {
            traced("gate", gate::run(&args, &session)).await
        }
        Command::Gate(GateCommand::Other(OtherGate::WhatIf(args))) => {
            traced("gate what-if", gate::what_if(&args, &session)).await
        }
        Command::Passports(command) => passports::run(command, &session).await,
        Command::Ledger(command) => ledger::run(command, &session).await,
        Command::Waive(args) => traced("waive", persons::waive(&args, &session)).await,
        Command::Waivers(command) => traced("waivers", persons::waivers(&command, &session)).await,
        Command::Approve(args) => traced("approve", persons::approve(&args, &session)).await,
        Command::Approvals(command) => {
            traced("approvals", persons::approvals(&command, &session)).await
        }
        Command::Ingest(args) => traced("ingest", ingest::run(&args, &session)).await,
        Command::Notify(args) => traced("notify", notify::run(&args, &session)).await,
        Command::Connectors(args) if args.offline => connectors::list(&args, &session).await,
        Command::Connectors(args) => traced("connectors", connectors::list(&args, &session)).await,
        Command::Health(args) => traced("health", health::run(&args, &session)).await,
        Command::Up(args) => up::run(&args, &session).await,
        Command::Demo(args) => demo::run(&args, &session).await,
        Command::Replay(args) => replay::run(&args, &session).await,
        Command::Detect(args) => detect::run(&args, &session).await,
        Command::Config(command @ Config::Show { .. }) => {
            traced("config show", config::run(command, &session)).await
        }
        Command::Config(command) => config::run(command, &session).await,
        Command::Token(command) => token::run(command, &session),
        Command::Sources(command) => traced("sources", sources::run(command, &session)).await,
        Command::Completions { shell } => completions::run(shell, &session),
    }
}
