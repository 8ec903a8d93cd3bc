//! Arguments of `passport gate what-if`, and what `passport gate` does without that word.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};
use passport_evidence::{EnvironmentName, ServiceName, WorkspaceId};

use super::Gate;

const LIMITS: &str = "\
Only policies, and which sources there are, are tried out. Each passport is decided again as of its own
moment, from what it holds: facts as they were judged then, the sources that could not answer, and the
waivers and approvals that counted. What was too old then stays so, a source that was not asked then is
one that could not answer, and thresholds and queries of the file's sources are not looked at. Nothing is
recorded, and no provider is asked.";

/// `passport gate` decides, unless a word says what else it does.
#[derive(Debug)]
pub enum GateCommand {
    Decide(Box<Gate>),
    Other(OtherGate),
}

#[derive(Debug, Subcommand)]
pub enum OtherGate {
    /// See which recorded decisions would differ under the policies of another configuration
    WhatIf(WhatIf),
}

#[derive(Debug, Args)]
#[command(after_help = LIMITS)]
pub struct WhatIf {
    /// Configuration whose policies are tried out
    #[arg(value_name = "POLICY-FILE")]
    pub file: PathBuf,
    /// Workspace of the passports
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// Service that was to be released
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
    /// Environment that it was to be released to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<EnvironmentName>,
    /// How many passports to decide again, from the newest on
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=5000))]
    pub last: u16,
    /// End with 1 where a decision would differ, or is not known to stay
    #[arg(long)]
    pub fail_on_change: bool,
}

// === impl GateCommand ===

impl FromArgMatches for GateCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        match matches.subcommand_name() {
            Some(_) => OtherGate::from_arg_matches(matches).map(Self::Other),
            None => Gate::from_arg_matches(matches).map(|it| Self::Decide(Box::new(it))),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for GateCommand {
    fn augment_args(command: Command) -> Command {
        OtherGate::augment_subcommands(Gate::augment_args(command))
            .subcommand_negates_reqs(true)
            .args_conflicts_with_subcommands(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
