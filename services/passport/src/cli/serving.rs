//! Arguments of `passport demo`.

use std::net::SocketAddr;

use clap::Args;

const LISTEN: &str = "127.0.0.1:8080";

#[derive(Debug, Args)]
pub struct Demo {
    /// End when the evidence was shown: with 0 if every fact was judged from real data, else with 3
    #[arg(long)]
    pub once: bool,
    /// Address to listen on, of this machine only
    #[arg(long, value_name = "ADDRESS", default_value = LISTEN)]
    pub listen: SocketAddr,
    /// Log lines to write to standard error, such as info or warn,passport_gateway=debug
    #[arg(
        long,
        value_name = "FILTER",
        env = "PASSPORT_LOG",
        default_value = "warn"
    )]
    pub log: String,
}
