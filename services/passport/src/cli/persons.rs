//! Arguments of `passport waive`, `passport approve` and of what became of both.

use clap::{Args, Subcommand};
use passport_evidence::{EnvironmentName, FactName, ServiceName, SourceName, WorkspaceId};
use uuid::Uuid;

use super::{Expiry, ScopeArgs, SubjectArgs, parse};

const WAIVE: &str = "\
Only persons waive: PASSPORT_TOKEN is a token that is configured with `person`, or one of an issuer of the
kind `people`. The fact stays what it is, and is shown as waived wherever it is shown. Where the policy
wants a second person, the waiver counts once another one typed `passport waivers confirm ID`.";

const APPROVE: &str = "\
Only persons approve: PASSPORT_TOKEN is a token that is configured with `person`, or one of an issuer of
the kind `people`. What fails, is missing or is not known is not approved by this.";

#[derive(Debug, Args)]
#[command(after_help = WAIVE)]
pub struct Waive {
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// Source whose fact is waived
    #[arg(long, value_name = "NAME")]
    pub source: SourceName,
    /// Fact that has failed or is missing
    #[arg(long, value_name = "NAME", value_parser = fact)]
    pub fact: FactName,
    /// Item of the fact, such as the name of a job
    #[arg(
        long,
        value_name = "ITEM",
        default_value = "",
        hide_default_value = true
    )]
    pub item: String,
    #[command(flatten)]
    pub said: SaidArgs,
}

#[derive(Debug, Args)]
#[command(after_help = APPROVE)]
pub struct Approve {
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub subject: SubjectArgs,
    #[command(flatten)]
    pub said: SaidArgs,
}

/// What a person says, and for how long.
#[derive(Debug, Args)]
pub struct SaidArgs {
    /// Why, for all who read the decision
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// How long it lasts, such as 4h
    #[arg(long = "for", value_name = "DURATION", value_parser = parse::span, required_unless_present = "until")]
    span: Option<Expiry>,
    /// When it ends, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse::end, conflicts_with = "span")]
    until: Option<Expiry>,
}

#[derive(Debug, Subcommand)]
pub enum Waivers {
    /// List waivers that hold, newest first
    List(Sayings),
    /// Agree to a waiver as its second person
    Confirm(Saying),
    /// End a waiver before its time
    Revoke(Revoke),
}

#[derive(Debug, Subcommand)]
pub enum Approvals {
    /// List approvals that hold, newest first
    List(Sayings),
    /// Take an approval back before its time
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub struct Sayings {
    /// Workspace that they are of
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// Service that is to be released
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
    /// Environment that it is to be released to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<EnvironmentName>,
    /// List those that have expired or were revoked too
    #[arg(long)]
    pub all: bool,
    /// Most of them to list
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=200))]
    pub limit: i32,
}

#[derive(Debug, Args)]
pub struct Saying {
    /// Id, as it is listed
    pub id: Uuid,
    /// Workspace that it is of
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
}

#[derive(Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    pub of: Saying,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

// === impl SaidArgs ===

impl SaidArgs {
    /// When it ends; one of the two is always typed.
    pub fn expiry(&self) -> Option<Expiry> {
        self.span.or(self.until)
    }
}

fn fact(text: &str) -> Result<FactName, String> {
    FactName::new(text).map_err(|error| error.to_string())
}
