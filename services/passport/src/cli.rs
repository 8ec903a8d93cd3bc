//! What can be typed.

mod collect;
mod detect;
mod gate;
mod health;
mod ingest;
mod ledger;
mod notify;
mod parse;
mod passports;
mod persons;
mod replay;
mod serving;
mod subject;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use passport_evidence::{EnvironmentName, Scope, ServiceName, SourceName, WorkspaceId};

pub use collect::Collect;
pub use detect::Detect;
pub use gate::{FailOn, Gate, GateCommand, OtherGate, WhatIf};
pub use health::Health;
pub use ingest::{Ingest, SentHeader};
pub use ledger::{Export, Ledger, LedgerHead, VerifyLedger};
pub use notify::Notify;
pub use parse::Expiry;
pub use passports::{List, One, Passports, Verify};
pub use persons::{Approvals, Approve, Revoke, SaidArgs, Saying, Sayings, Waive, Waivers};
pub use replay::Replay;
pub use serving::Demo;
pub use subject::SubjectArgs;
pub use token::{NewHook, NewToken, TokenCommand};

use passport_service_kit::process::ProcessArgs;

use crate::output::Format;

const EXIT_CODES: &str = "\
Exit codes:
  0  answered
  1  answered, and `gate` stops the pipeline, `gate what-if` found changes that it has to fail on, an
     attestation or a ledger is not what it has to be, a case of `replay` came out differently, a
     report of `ingest` was rejected, the source of `notify` has nothing to send, what `health` asked
     takes no calls or what `config show` asked uses another file
  2  wrong usage or configuration
  3  could not be evaluated: gateway unreachable, token missing or refused, deadline passed;
     `collect` got no evidence at all, `ingest` has to send the report again, the source of `notify` got
     no answer, a ledger was not received whole or can't be read

Environment:
  PASSPORT_GATEWAY  gateway to ask, as --gateway
  PASSPORT_TOKEN    token that the gateway admits; never given as an argument
  PASSPORT_TOKEN_FILE
                    file that holds the token, such as that of a projected service account token
  PASSPORT_TOKEN_AUDIENCE
                    in a job of GitHub Actions that may write id-tokens: the audience of the gateway, for
                    which the runner is asked for the job's own token
  PASSPORT_CA       certificates to trust for an https:// gateway, as --ca
  PASSPORT_CERT     certificate to show to an https:// gateway, as --cert
  PASSPORT_KEY      key of that certificate, as --key
  SSL_CERT_FILE     certificates to trust for an https:// gateway, in place of the system's
  OTEL_EXPORTER_OTLP_ENDPOINT
                    server that takes the trace of the command, by OTLP over gRPC
  NO_COLOR          if set, nothing is coloured";

/// Is this service safe to release now? Collects evidence about it, from every source that knows.
#[derive(Debug, Parser)]
#[command(name = "passport", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command that asks a gateway understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Gateway to ask: scheme, host and port
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PASSPORT_GATEWAY",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    pub gateway: String,
    /// Authorities, as PEM, one of which signed the certificate of an https:// gateway, in place of
    /// the system's
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PASSPORT_CA",
        hide_env_values = true
    )]
    pub ca: Option<PathBuf>,
    /// Certificate, as PEM, that is shown to an https:// gateway, and those up to its authority
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PASSPORT_CERT",
        hide_env_values = true
    )]
    pub cert: Option<PathBuf>,
    /// Private key of the certificate, as PEM, in a file that others may not read
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PASSPORT_KEY",
        hide_env_values = true
    )]
    pub key: Option<PathBuf>,
    /// Send PASSPORT_TOKEN over http:// beyond this machine, where others may read it
    #[arg(long, global = true)]
    pub plaintext: bool,
    /// Longest time that the whole answer may take
    #[arg(long, global = true, value_name = "DURATION", default_value = "10s", value_parser = parse::duration)]
    pub timeout: Duration,
    /// Form of the answer; json is exactly what the HTTP interface answers
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORM",
        value_enum,
        default_value_t
    )]
    pub output: Format,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect evidence about a service
    Collect(Collect),
    /// Decide whether a release may go, by the policy of its scope; the decision is recorded
    Gate(GateCommand),
    /// See what was decided, and check its attestations
    #[command(subcommand)]
    Passports(Passports),
    /// Take the record of all decisions out, and check that nothing of it was changed or removed
    #[command(subcommand)]
    Ledger(Ledger),
    /// Accept a failed or missing fact of one release for a time, as a person
    Waive(Waive),
    /// See what is waived, agree to it as second person, or end it
    #[command(subcommand)]
    Waivers(Waivers),
    /// Agree to a release for a time, as a person
    Approve(Approve),
    /// See which releases were approved, or take that back
    #[command(subcommand)]
    Approvals(Approvals),
    /// Hand a report to a source that is pushed to, such as that of a scanner
    Ingest(Ingest),
    /// Have a source tell people of a release, such as by a request for approval; it is sent once
    Notify(Notify),
    /// List connectors: what each needs and gives
    Connectors(Connectors),
    /// See the sources of a service and how each is doing
    #[command(subcommand)]
    Sources(Sources),
    /// Ask a gateway or a collector whether it takes calls
    Health(Health),
    /// Run the whole mesh in one process
    Up(ProcessArgs),
    /// See the whole mesh at work on itself, with nothing to set up
    Demo(Demo),
    /// Play recorded and hostile answers of providers against the connectors
    Replay(Replay),
    /// Find out which sources a repository could have, and propose a configuration
    Detect(Detect),
    /// Check a configuration file, print its schema, or see which one is in use
    #[command(subcommand)]
    Config(Config),
    /// Make a token for a caller of the gateway
    #[command(subcommand)]
    Token(TokenCommand),
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub struct Connectors {
    /// List those that this program is built with, and ask no gateway
    #[arg(long, global = true)]
    pub offline: bool,
    #[command(subcommand)]
    command: Option<ConnectorsCommand>,
}

#[derive(Debug, Subcommand)]
enum ConnectorsCommand {
    /// List them; may be left out
    List,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Tell everything that is wrong with a file at once; ends with 2 if anything is
    Check {
        /// The file
        file: PathBuf,
        /// Show what a release needs there: the policies of workspace, service and environment put
        /// together
        #[arg(long, value_name = "WORKSPACE/SERVICE/ENVIRONMENT", value_parser = parse::scope)]
        policy_of: Option<Scope>,
    },
    /// Print the JSON Schema of the file, for editors
    Schema,
    /// Ask a gateway or a collector which configuration it uses; ends with 1 if it is not the one that
    /// it should be
    Show {
        /// A file that should be the one in use
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Sources {
    /// List the sources of a service
    List {
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// Ask a provider whether the credential of a source works and is narrow enough
    Check {
        /// Name of the source
        source: SourceName,
        #[command(flatten)]
        scope: ScopeArgs,
    },
}

/// What a question is about.
#[derive(Debug, Clone, Args)]
pub struct ScopeArgs {
    /// Workspace of the service
    #[arg(long, value_name = "NAME")]
    workspace: WorkspaceId,
    /// Service that may be released
    #[arg(long, value_name = "NAME")]
    service: ServiceName,
    /// Environment that it may be released to
    #[arg(long, value_name = "NAME")]
    environment: EnvironmentName,
}

// === impl ScopeArgs ===

impl ScopeArgs {
    /// The scope that was typed.
    pub fn scope(&self) -> Scope {
        Scope {
            workspace: self.workspace.clone(),
            service: self.service.clone(),
            environment: self.environment.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
