//! What a program prints.

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::wait::PATIENCE;

/// Both streams of a program as one text. Read as they come, so that it never waits on a full pipe.
#[derive(Debug)]
pub(super) struct Said(watch::Receiver<String>);

impl Said {
    /// Takes the streams of a program that was started with both of them piped.
    pub(super) fn by(child: &mut Child) -> Result<Self> {
        let (said, heard) = watch::channel(String::new());
        let stdout = child.stdout.take().context("no standard output")?;
        let stderr = child.stderr.take().context("no standard error")?;
        tokio::spawn(hear(stdout, said.clone()));
        tokio::spawn(hear(stderr, said));
        Ok(Self(heard))
    }

    pub(super) fn so_far(&self) -> String {
        self.0.borrow().clone()
    }

    /// Waits until the program says where it listens, and gives that address.
    pub(super) async fn announced(&mut self, name: &str) -> Result<String> {
        let told = self.0.wait_for(|said| address(said, name).is_some());
        let told = timeout(PATIENCE, told)
            .await
            .with_context(|| format!("{name} does not say where it listens"))?;
        let url = told.ok().and_then(|said| address(&said, name));
        url.with_context(|| format!("{name} ended without listening:\n{}", self.so_far()))
    }

    /// Waits until both streams have ended.
    pub(super) async fn ended(&mut self) -> Result<()> {
        let both = async { while self.0.changed().await.is_ok() {} };
        timeout(PATIENCE, both)
            .await
            .context("its output does not end")
    }
}

fn address(said: &str, name: &str) -> Option<String> {
    let begin = format!("{name} listens on ");
    let url = said.lines().find_map(|line| line.strip_prefix(&begin))?;
    Some(url.trim_end_matches('/').to_owned())
}

async fn hear(stream: impl AsyncRead + Unpin, said: watch::Sender<String>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while stream
        .read_until(b'\n', &mut line)
        .await
        .is_ok_and(|read| read > 0)
    {
        said.send_modify(|said| said.push_str(&String::from_utf8_lossy(&line)));
        line.clear();
    }
}
