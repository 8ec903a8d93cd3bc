//! What is asked with the `passport` command.

use anyhow::Result;
use futures::future::join_all;
use passport_integration_tests::configuration::SCOPE_ARGUMENTS;
use passport_integration_tests::program;
use tokio::process::Command;

use super::{Caller, SECONDS, encoded};
use crate::search::Output;

impl Caller<'_> {
    pub(super) async fn commands(&self) -> Result<Vec<Output>> {
        let with_scope = |words: &[&str]| -> Vec<String> {
            words
                .iter()
                .chain(&SCOPE_ARGUMENTS)
                .map(|it| (*it).to_owned())
                .collect()
        };
        let mut commands = Vec::new();
        for form in ["json", "table", "yaml", "markdown"] {
            commands.push(with_scope(&["collect", "-o", form]));
            commands.push(with_scope(&["sources", "list", "-o", form]));
        }
        commands.push(with_scope(&["sources", "check", "status-401-basic"]));
        commands.push(vec!["connectors".to_owned()]);
        let with_password = format!("http://user:{}@127.0.0.1:1", encoded(&self.planted.token));
        commands.push(with_scope(&["collect", "--gateway", &with_password]));
        let run = |arguments: Vec<String>| async move {
            let mut command = Command::new(program::built("passport")?);
            command.args(["--timeout", SECONDS]).args(&arguments);
            command
                .env("PASSPORT_GATEWAY", self.url)
                .env("PASSPORT_TOKEN", &self.planted.token);
            printed(
                command,
                &format!("passport {}", arguments.first().map_or("", String::as_str)),
            )
            .await
        };
        join_all(commands.into_iter().map(run))
            .await
            .into_iter()
            .collect()
    }
}

/// What a command prints on either stream.
pub async fn printed(mut command: Command, name: &str) -> Result<Output> {
    let output = command.stdin(std::process::Stdio::null()).output().await?;
    Ok(Output::new(name, [output.stdout, output.stderr].concat()))
}
