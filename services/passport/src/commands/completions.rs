//! `passport completions`.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::Session;
use crate::cli::Cli;
use crate::exit::{Exit, Fault};
use crate::terminal::print;

pub fn run(shell: Shell, session: &Session) -> Result<Exit, Fault> {
    session.only_text("completions")?;
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "passport", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Answered)
}
