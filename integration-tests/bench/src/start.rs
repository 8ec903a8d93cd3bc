//! How long a program takes to its first answer, and what it holds when nobody calls.

use std::time::Duration;

use anyhow::Result;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::Arguments;
use crate::configuration::{StoreAt, prometheus, trivy, with_collector};
use crate::load::median;
use crate::process::Process;
use crate::report::{Aim, table};

const PROGRAMS: [&str; 4] = [
    "passport",
    "passport-gateway",
    "passport-metrics",
    "passport-quality",
];
const PROGRAM_STARTS: usize = 5;
/// Until a program that started has come to rest.
const SETTLED: Duration = Duration::from_secs(2);
const NOBODY: &str = "http://127.0.0.1:9";

/// Each program, with one source of its own.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let folder = TempDir::new()?;
    let head = ["program", "first answer ms", "aim", "idle MiB", "aim"];
    let mut lines = table(&head);
    for name in PROGRAMS {
        let pulling = prometheus(1, &[NOBODY.to_owned()], "5m");
        let configuration = match name {
            "passport-gateway" => with_collector(&pulling, "metrics", NOBODY),
            "passport-quality" => trivy(1, StoreAt::Folder(folder.path())),
            _ => pulling,
        };
        let mut took = Vec::new();
        let mut resident = Vec::new();
        for _ in 0..PROGRAM_STARTS {
            let process = Process::start(&arguments.programs, name, &configuration).await?;
            took.push(process.first_answer.as_secs_f64() * 1_000.0);
            sleep(SETTLED).await;
            resident.push(process.resident_mib()?);
        }
        let took = median(took.into_iter())?;
        let resident = median(resident.into_iter())?;
        lines.add_row([
            name.to_owned(),
            format!("{took:.0}"),
            Aim::AtMost(100.0).judged(took),
            format!("{resident:.1}"),
            Aim::AtMost(30.0).judged(resident),
        ]);
    }
    Ok(lines.to_string())
}
