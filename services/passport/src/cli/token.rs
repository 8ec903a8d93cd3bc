//! Arguments of `passport token`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use passport_policy::grants::Verb;
use passport_service_kit::config::model::{Name, Selector};

use super::parse::{self, Expiry};
use super::{FailOn, ScopeArgs};

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and the entry that admits it
    #[command(after_help = "\
The token goes to standard output and is shown this once; the entry for the configuration, which
holds its hash only, goes to standard error. So one can be piped to where it is kept while the other
stays on the screen:

  passport token new --id ci --workspace acme --service checkout-api --environment production \\
    | gh secret set PASSPORT_TOKEN")]
    New(NewToken),
    /// Make a token for a caller that can send no header, such as Flagger, and the entry that admits it
    #[command(after_help = "\
The token stands in the path that the caller asks, evaluates the gate of this one scope and is good
for nothing else:

  https://GATEWAY/v1/hooks/TOKEN/flagger/confirm-rollout

It goes to standard output and is shown this once; the entry for the configuration, which holds its
hash only, goes to standard error. Whoever takes the entry out again revokes the token.")]
    Hook(NewHook),
}

#[derive(Debug, Args)]
pub struct NewHook {
    /// Name of the hook in configuration and audit records
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub id: Name,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// When it ends: a time span such as 90d, or a moment such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = parse::expiry)]
    pub expires: Option<Expiry>,
    /// Stop the caller where the decision is this or worse, whatever the policy's mode
    #[arg(long, value_name = "DECISION", value_enum)]
    pub fail_on: Option<FailOn>,
}

#[derive(Debug, Args)]
pub struct NewToken {
    /// Name of the token in configuration and audit records
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub id: Name,
    /// Workspace that it may ask about
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub workspace: Option<Name>,
    /// Service that it may ask about, or '*' for all; may be repeated
    #[arg(long = "service", value_name = "NAME", value_parser = selector)]
    pub services: Vec<Selector>,
    /// Environment that it may ask about, or '*' for all; may be repeated
    #[arg(long = "environment", value_name = "NAME", value_parser = selector)]
    pub environments: Vec<Selector>,
    /// What it may do; may be repeated
    #[arg(long = "verb", value_name = "VERB", default_value = "collect", value_parser = verbs())]
    pub verbs: Vec<String>,
    /// Issuer that vouches for the person who bears it; for `waive` and `approve`
    #[arg(long, value_name = "ISSUER", requires = "person_subject")]
    pub person_issuer: Option<String>,
    /// The person that bears it, by the id that the issuer has for it
    #[arg(long, value_name = "ID", requires = "person_issuer")]
    pub person_subject: Option<String>,
    /// When it ends: a time span such as 90d, or a moment such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = parse::expiry)]
    pub expires: Option<Expiry>,
}

fn verbs() -> PossibleValuesParser {
    Verb::ALL.map(Verb::as_str).into()
}

fn name(text: &str) -> Result<Name, &'static str> {
    Name::try_from(text.to_owned())
        .map_err(|_| "wanted: 1 to 63 of a-z, 0-9, dot, hyphen and underscore")
}

fn selector(text: &str) -> Result<Selector, &'static str> {
    Selector::try_from(text.to_owned())
        .map_err(|_| "wanted: a name of a-z, 0-9, dot, hyphen and underscore, or * for all")
}
