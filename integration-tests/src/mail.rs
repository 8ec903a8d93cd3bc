//! A mail server on loopback: aiosmtpd, which others wrote.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpStream;

use anyhow::Result;
use serde::Deserialize;

use crate::foreign::Foreign;
use crate::wait::until;
use crate::{port, workspace};

/// The password of the one login, `release`.
pub const PASSWORD: &str = "a-password-of-this-test";

/// Where it writes down what it took.
const BOX: &str = "box";

/// A mail server that wants TLS and a login. What it took is gone with it.
#[derive(Debug)]
pub struct Mail {
    process: Foreign,
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
        let (port, port_of_tls) = (port::free()?, port::free()?);
        let script = workspace::root().join("integration-tests/mail/server.py");
        let process = Foreign::start("mail", "python3", |command, home| {
            fs::write(home.join("certificate.pem"), certificate)?;
            fs::write(home.join("key.pem"), key)?;
            command
                .arg(&script)
                .args([port.to_string(), port_of_tls.to_string()])
                .args(["certificate.pem", "key.pem", PASSWORD, BOX]);
            Ok(())
        })?;
        let mut server = Self {
            process,
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
        let text = match fs::read_to_string(self.process.home().join(BOX)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let messages = text.lines().map(serde_json::from_str);
        Ok(messages.collect::<Result<_, _>>()?)
    }

    fn is_ready(&mut self) -> Result<Option<()>> {
        self.process.still_runs()?;
        let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        Ok((listens(self.port) && listens(self.port_of_tls)).then_some(()))
    }
}
