//! Arguments of `passport health`.

use clap::Args;

const NOTE: &str = "\
For supervisors that run a command: what --gateway names may be a gateway or a collector. Ends with 0 if
it takes calls, with 1 if it says that it does not, and with 3 if it does not answer.";

#[derive(Debug, Args)]
#[command(after_help = NOTE)]
pub struct Health {
    /// Ask as well whether what it needs is there: a collector's database, the gateway's collectors
    #[arg(long)]
    pub ready: bool,
}
