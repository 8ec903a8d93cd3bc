//! Arguments of `passport passports`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use passport_evidence::{EnvironmentName, ServiceName, WorkspaceId};
use passport_policy::passport::Digest;
use uuid::Uuid;

use super::SubjectArgs;

#[derive(Debug, Subcommand)]
pub enum Passports {
    /// List the passports of a workspace, newest first
    List(List),
    /// Show one passport
    Show(One),
    /// Print the signed attestation of a passport: an in-toto Statement in a DSSE envelope
    Attest(One),
    /// Check an attestation without asking anybody; ends with 1 if it is not what it has to be
    Verify(Verify),
}

#[derive(Debug, Args)]
pub struct List {
    /// Workspace of the passports
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// Service that was to be released
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
    /// Environment that it was to be released to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<EnvironmentName>,
    /// Most passports to list
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=200))]
    pub limit: i32,
}

#[derive(Debug, Args)]
pub struct One {
    /// Id of the passport
    pub id: Uuid,
    /// Workspace of the passport
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// The attestation, or - for standard input
    pub file: PathBuf,
    /// Public keys that are trusted, as PEM or as JSON with the times that each counts from and to
    #[arg(long, value_name = "FILE")]
    pub keys: PathBuf,
    /// Workspace that it has to be of
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// Service that it has to be about; with --environment
    #[arg(long, value_name = "NAME", requires = "environment")]
    pub service: Option<ServiceName>,
    /// Environment that it has to be about; with --service
    #[arg(long, value_name = "NAME", requires = "service")]
    pub environment: Option<EnvironmentName>,
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// Digest of the policy that it has to be decided by
    #[arg(long, value_name = "DIGEST")]
    pub policy: Option<Digest>,
    /// Configuration whose policy of its scope it has to be decided by
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    pub policy_file: Option<PathBuf>,
    /// Exported ledger of the workspace that it has to stand in, sealed by a trusted key; tells also
    /// whether it was withdrawn before the ledger was exported
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Take any decision, however old, and not only an approval that still holds
    #[arg(long)]
    pub record: bool,
}
