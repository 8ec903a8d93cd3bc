//! A mail server on loopback that says what a test wants it to say (RFC 5321).

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The stage before the first command.
pub const GREETING: &str = "GREETING";
/// The stage after a whole message.
pub const DATA: &str = "DATA";
/// The first byte of TLS.
const TLS: u8 = 0x16;
/// What a server says of itself.
const OFFERS: &str = "250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 DSN\r\n";

/// Exact bytes, for a stage. Nothing at all: the connection ends there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Said {
    /// Each time.
    Always(String),
    /// In this order, the last one again and again.
    InTurn(Vec<String>),
}

/// What is said at which stage: at a command that begins so, in letters of either case, the longest first; at
/// [`GREETING`] and [`DATA`]. At every other the server is content.
pub type Stages = BTreeMap<String, Said>;

/// A mail server that runs until it is dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    stages: Stages,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    commands: Vec<String>,
    messages: Vec<String>,
    /// How often something was said at each stage.
    said: BTreeMap<String, usize>,
}

// === impl MailServer ===

impl MailServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// There is none.
    pub async fn start(stages: Stages) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let state = Arc::new(State {
            stages,
            seen: Mutex::default(),
        });
        Ok(Self {
            address: listener.local_addr()?,
            task: tokio::spawn(serve(listener, Arc::clone(&state))),
            state,
        })
    }

    /// Its address, as `smtp://host:port`.
    pub fn address(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How often it was connected to.
    pub fn connections(&self) -> usize {
        self.state.seen(|it| it.connections)
    }

    /// All commands that came, without their ends.
    pub fn commands(&self) -> Vec<String> {
        self.state.seen(|it| it.commands.clone())
    }

    /// All messages that came whole, as they came.
    pub fn messages(&self) -> Vec<String> {
        self.state.seen(|it| it.messages.clone())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// === impl State ===

impl State {
    fn seen<T>(&self, what: impl FnOnce(&mut Seen) -> T) -> T {
        // Each change leaves what was seen whole.
        what(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is to be said at a stage, if not what is usual.
    fn said(&self, stage: &str) -> Option<String> {
        let line = stage.to_ascii_uppercase();
        let begins = |key: &&String| match key.as_str() {
            // Only after the whole message.
            GREETING | DATA => line == **key,
            key => line.starts_with(&key.to_ascii_uppercase()),
        };
        let key = self
            .stages
            .keys()
            .filter(begins)
            .max_by_key(|it| it.len())?;
        let before = self.seen(|it| {
            let said = it.said.entry(key.clone()).or_default();
            *said += 1;
            *said - 1
        });
        match self.stages.get(key)? {
            Said::Always(text) => Some(text.clone()),
            Said::InTurn(texts) => texts.get(before).or(texts.last()).cloned(),
        }
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        state.seen(|it| it.connections += 1);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            // Whoever goes away in between has seen what there was.
            let _gone = talk(stream, &state).await;
        });
    }
}

async fn talk(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    if !say(
        &mut stream,
        state,
        GREETING,
        "220 mail.example.com ESMTP\r\n",
    )
    .await?
    {
        return Ok(());
    }
    let mut lines_of_login = 0;
    loop {
        // Who begins with TLS is told nothing.
        if stream.fill_buf().await?.first() == Some(&TLS) {
            return Ok(());
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end_matches(['\r', '\n']);
        state.seen(|it| it.commands.push(line.to_owned()));
        let word = line.to_ascii_uppercase();
        let usual = if lines_of_login > 0 {
            lines_of_login -= 1;
            if lines_of_login > 0 {
                "334 UGFzc3dvcmQ6\r\n"
            } else {
                "235 2.7.0 ok\r\n"
            }
        } else if word.starts_with("AUTH LOGIN") {
            lines_of_login = 2;
            "334 VXNlcm5hbWU6\r\n"
        } else {
            usual(&word)
        };
        // The word `DATA` itself is answered as usual: what a test says is the answer to the message.
        let stage = if word == DATA { "DATA " } else { line };
        if !say(&mut stream, state, stage, usual).await? {
            return Ok(());
        }
        if word == "QUIT" {
            return Ok(());
        }
        if word == DATA {
            let message = message(&mut stream).await?;
            state.seen(|it| it.messages.push(message));
            if !say(&mut stream, state, DATA, "250 2.0.0 Ok\r\n").await? {
                return Ok(());
            }
        }
    }
}

fn usual(word: &str) -> &'static str {
    match word.split([' ', ':']).next().unwrap_or_default() {
        "EHLO" => OFFERS,
        "HELO" | "RSET" | "NOOP" => "250 2.0.0 Ok\r\n",
        "MAIL" => "250 2.1.0 Ok\r\n",
        "RCPT" => "250 2.1.5 Ok\r\n",
        "AUTH" => "235 2.7.0 Ok\r\n",
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 2.0.0 bye\r\n",
        _ => "502 5.5.1 not here\r\n",
    }
}

/// Whether anything was said: else the connection ends.
async fn say(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    stage: &str,
    usual: &str,
) -> io::Result<bool> {
    let said = state.said(stage);
    let said = said.as_deref().unwrap_or(usual);
    stream.write_all(said.as_bytes()).await?;
    stream.flush().await?;
    Ok(!said.is_empty())
}

async fn message(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
