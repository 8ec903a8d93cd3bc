//! A network between the gateway and a collector, which can be cut and can be slow.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// How it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At once.
    Well,
    /// Each byte so much later.
    Slow(Duration),
    /// Nothing, in neither direction; connections stay open, and new ones are taken.
    Nothing,
}

/// Carries to one address. Ended when dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    broken: watch::Sender<()>,
    _carrying: JoinSet<()>,
}

// === impl Proxy ===

impl Proxy {
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (mode, broken) = (watch::Sender::new(Mode::Well), watch::Sender::new(()));
        let mut carrying = JoinSet::new();
        carrying.spawn(accept(listener, port, mode.clone(), broken.clone()));
        Ok(Self {
            address,
            mode,
            broken,
            _carrying: carrying,
        })
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Ends all connections that there are.
    pub fn break_all(&self) {
        self.broken.send_replace(());
    }
}

async fn accept(
    listener: TcpListener,
    port: u16,
    mode: watch::Sender<Mode>,
    broken: watch::Sender<()>,
) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (mode, mut broken) = (mode.subscribe(), broken.subscribe());
        connections.spawn(async move {
            tokio::select! {
                () = carry(stream, port, mode) => {}
                _ = broken.changed() => {}
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn carry(from: TcpStream, port: u16, mode: watch::Receiver<Mode>) {
    let Ok(to) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    // Only slower without it.
    let _ = (from.set_nodelay(true), to.set_nodelay(true));
    let ((from_read, from_write), (to_read, to_write)) = (split(from), split(to));
    tokio::select! {
        () = one_way(from_read, to_write, mode.clone()) => {}
        () = one_way(to_read, from_write, mode) => {}
    }
}

/// What is read waits in a line of its own until it is due, so that a delay adds up over nothing.
async fn one_way(
    mut from: ReadHalf<TcpStream>,
    mut to: WriteHalf<TcpStream>,
    mode: watch::Receiver<Mode>,
) {
    let (line, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(256);
    let read_mode = mode.clone();
    let reading = async move {
        let mut bytes = vec![0; 16 << 10];
        while let Ok(count) = from.read(&mut bytes).await {
            let delay = match *read_mode.borrow() {
                Mode::Slow(delay) => delay,
                Mode::Well | Mode::Nothing => Duration::ZERO,
            };
            let read = bytes.get(..count).unwrap_or_default().to_vec();
            let is_end = read.is_empty();
            if line.send((Instant::now() + delay, read)).await.is_err() || is_end {
                return;
            }
        }
    };
    let writing = async move {
        let mut mode = mode;
        while let Some((when, bytes)) = due.recv().await {
            sleep_until(when).await;
            let is_gone = mode.wait_for(|mode| *mode != Mode::Nothing).await.is_err();
            if is_gone || bytes.is_empty() || to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}
