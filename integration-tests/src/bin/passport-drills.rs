//! Does all fault drills, or some, and prints what became of every call.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use clap::builder::PossibleValuesParser;
use passport_integration_tests::drills::{Counts, Drill, table};

/// Fault drills against nine processes under load. Ends with 1 if a reply was wrong or late, or
/// anything that was acknowledged was lost.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each fault is made
    #[arg(long, value_name = "NUMBER", default_value = "50")]
    times: u32,
    /// This drill alone; may be given several times
    #[arg(long, value_name = "DRILL", value_parser = names())]
    only: Vec<String>,
}

fn names() -> PossibleValuesParser {
    Drill::ALL.map(Drill::name).into()
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let is_wanted = |drill: &Drill| {
        let mut only = arguments.only.iter();
        arguments.only.is_empty() || only.any(|it| it == drill.name())
    };
    let mut done: Vec<(&str, Counts)> = Vec::new();
    let mut are_good = true;
    for drill in Drill::ALL.into_iter().filter(is_wanted) {
        match drill.run(arguments.times).await {
            Ok(counts) => {
                are_good &= counts.are_good();
                for told in &counts.told {
                    writeln!(std::io::stderr(), "{}: {told}", drill.name())?;
                }
                done.push((drill.name(), counts));
            }
            Err(error) => {
                are_good = false;
                writeln!(std::io::stderr(), "{error:#}")?;
            }
        }
        writeln!(std::io::stdout(), "{}", table(&done))?;
    }
    Ok(ExitCode::from(u8::from(!are_good)))
}
