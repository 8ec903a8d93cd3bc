//! Runs the command as a pipeline does.

use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;

/// The scope that the fake gateway knows.
pub const SCOPE: [&str; 6] = [
    "--workspace",
    "acme",
    "--service",
    "checkout-api",
    "--environment",
    "production",
];

/// The command with nothing of this process's environment that it would obey.
pub fn passport() -> Command {
    let mut command = Command::cargo_bin("passport").unwrap();
    command.timeout(Duration::from_secs(60));
    for name in [
        "PASSPORT_GATEWAY",
        "PASSPORT_TOKEN",
        "PASSPORT_TOKEN_FILE",
        "PASSPORT_TOKEN_AUDIENCE",
        "PASSPORT_CA",
        "PASSPORT_CERT",
        "PASSPORT_KEY",
        "NO_COLOR",
    ] {
        command.env_remove(name);
    }
    command
}

/// What came of it.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs off the test's runtime, on which the fake gateway lives.
pub async fn run(mut command: Command) -> Ran {
    let run = move || command.output().unwrap();
    tokio::task::spawn_blocking(run).await.unwrap().into()
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
