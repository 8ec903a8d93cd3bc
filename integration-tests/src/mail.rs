//! A mail server on loopback: aiosmtpd, which others wrote.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Error, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;

use crate::wait::until;
use crate::{port, workspace};

/// The password of the one login, `release`.
pub const PASSWORD: &str = "a-password-of-this-test";

/// A mail server that wants TLS and a login. What it took is gone with it.
#[derive(Debug)]
pub struct Mail {
    process: Child,
    home: TempDir,
    port: u16,
    port_of_tls: u16,
}

/// A message that it took.
#[derive(Debug, Deserialize)]
pub struct Message {
    /// Who sends.
    pub from: String,
    /// To whom it goes.
    pub to: Vec<String>,
    /// Who was logged in.
    pub login: String,
    /// Whether it came in TLS.
    pub tls: bool,
    /// Head and body.
    pub text: String,
}

// === impl Mail ===

impl Mail {
    /// Starts it on free ports with a certificate for `localhost` and its key (PEM), and waits until it listens.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start(certificate: &str, key: &str) -> Result<Self> {
        let home = TempDir::with_prefix("mail-")?;
        let place = |name: &str| home.path().join(name);
        fs::write(place("certificate.pem"), certificate)?;
        fs::write(place("key.pem"), key)?;
        let (port, port_of_tls) = (port::free()?, port::free()?);
        let process = Command::new("python3")
            .arg(workspace::root().join("integration-tests/mail/server.py"))
            .args([port.to_string(), port_of_tls.to_string()])
            .args([place("certificate.pem"), place("key.pem")])
            .arg(PASSWORD)
            .arg(place("box"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(place("log"))?)
            .spawn();
        let process = match process {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("there is no `python3` to run: integration-tests/test.sh installs it")
            }
            Err(error) => return Err(error).context("starting the mail server"),
        };
        let mut server = Self {
            process,
            home,
            port,
            port_of_tls,
        };
        until("the mail server is ready", async || server.is_ready()).await?;
        Ok(server)
    }

    /// Where TLS begins by `STARTTLS`.
    #[must_use]
    pub fn starttls(&self) -> String {
        format!("smtp://localhost:{}", self.port)
    }

    /// Where TLS begins with the first byte.
    #[must_use]
    pub fn implicit(&self) -> String {
        format!("smtps://localhost:{}", self.port_of_tls)
    }

    /// What it took so far.
    ///
    /// # Errors
    /// It wrote down something else.
    pub fn messages(&self) -> Result<Vec<Message>> {
        let text = match fs::read_to_string(self.home.path().join("box")) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let messages = text.lines().map(serde_json::from_str);
        Ok(messages.collect::<Result<_, _>>()?)
    }

    fn is_ready(&mut self) -> Result<Option<()>> {
        if let Some(status) = self.process.try_wait()? {
            let log = fs::read_to_string(self.home.path().join("log"))?;
            let why = log.lines().last().unwrap_or_default();
            return Err(Error::msg(format!(
                "the mail server ended with {status}: {why}; integration-tests/test.sh installs aiosmtpd"
            )));
        }
        let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        Ok((listens(self.port) && listens(self.port_of_tls)).then_some(()))
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
