//! Arguments of `passport gate`.

mod what_if;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use passport_policy::gate::{Decision, Mode};

use super::{ScopeArgs, SubjectArgs, parse};

pub use what_if::{GateCommand, OtherGate, WhatIf};

#[derive(Debug, Args)]
pub struct Gate {
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// How much the decision binds at least; the policy may want more
    #[arg(long, value_name = "MODE", value_enum)]
    mode: Option<ModeArg>,
    /// End with 1 where the decision is this or worse, whatever the policy's mode
    #[arg(long, value_name = "DECISION", value_enum)]
    pub fail_on: Option<FailOn>,
    /// Wait so long for what is pending, unknown, stale or away; ends early where the release may
    /// go, or where waiting can't change the decision
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    pub wait: Option<Duration>,
    /// Add the passport as Markdown to this file, such as a step summary
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// Write the passport as JUnit XML to this file
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write the passport's signed attestation to this file
    #[arg(long, value_name = "FILE")]
    pub attestation: Option<PathBuf>,
}

/// How much a decision binds.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArg {
    /// It is recorded only
    Shadow,
    /// It warns
    Advisory,
    /// It stops the pipeline
    Enforce,
}

/// From which decision on a pipeline stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Whatever lets no release go
    Hold,
    /// Only what says no
    Block,
}

// === impl Gate ===

impl Gate {
    /// The mode that was typed.
    pub fn mode(&self) -> Option<Mode> {
        self.mode.map(|mode| match mode {
            ModeArg::Shadow => Mode::Shadow,
            ModeArg::Advisory => Mode::Advisory,
            ModeArg::Enforce => Mode::Enforce,
        })
    }
}

// === impl FailOn ===

impl FailOn {
    /// Whether a decision stops the pipeline.
    pub fn stops(self, decision: Decision) -> bool {
        match self {
            Self::Hold => !decision.lets_go(),
            Self::Block => decision.says_no(),
        }
    }

    /// The word that configurations have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }
}
