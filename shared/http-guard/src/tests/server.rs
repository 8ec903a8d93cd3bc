//! A server that says what a test wants, byte for byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What the server does after it has read a request's head.
#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// The same bytes again and again, as fast as the client takes them.
    Flood(Vec<u8>),
    /// The same bytes again and again, slowly.
    Drip(Vec<u8>),
    /// Nothing, and no end.
    Hang,
    /// A reset instead of an orderly end.
    Reset,
}

/// What a server saw and did.
#[derive(Default)]
pub struct Log {
    connections: AtomicUsize,
    written: AtomicUsize,
    heads: Mutex<Vec<String>>,
    server_names: Mutex<Vec<Option<String>>>,
}

/// A running server. Each connection serves one request.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Log>,
}

// === impl Server ===

impl Server {
    pub async fn plain(steps: Vec<Step>) -> Self {
        Self::start(steps, None).await
    }

    pub async fn secure(steps: Vec<Step>, config: ServerConfig) -> Self {
        Self::start(steps, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    /// A plain server with one whole reply.
    pub async fn replying(reply: &str) -> Self {
        Self::plain(vec![Step::Send(reply.as_bytes().to_vec())]).await
    }

    async fn start(steps: Vec<Step>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Log::default());
        tokio::spawn(accept_all(listener, steps, tls, Arc::clone(&log)));
        Self { address, log }
    }

    pub fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }

    /// Bytes that the client, or the socket buffers in between, took from the server.
    pub fn written(&self) -> usize {
        self.log.written.load(Ordering::SeqCst)
    }

    /// The heads of the requests, in lower case.
    pub fn heads(&self) -> Vec<String> {
        self.log.heads.lock().unwrap().clone()
    }

    pub fn server_names(&self) -> Vec<Option<String>> {
        self.log.server_names.lock().unwrap().clone()
    }
}

async fn accept_all(
    listener: TcpListener,
    steps: Vec<Step>,
    tls: Option<TlsAcceptor>,
    log: Arc<Log>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        log.connections.fetch_add(1, Ordering::SeqCst);
        let (steps, tls, log) = (steps.clone(), tls.clone(), Arc::clone(&log));
        tokio::spawn(async move {
            match tls {
                None => serve_plain(stream, steps, &log).await,
                Some(tls) => serve_secure(stream, &tls, steps, &log).await,
            }
        });
    }
}

async fn serve_plain(mut stream: TcpStream, steps: Vec<Step>, log: &Log) {
    let resets = matches!(steps.last(), Some(Step::Reset));
    let _ = serve(&mut stream, steps, log).await;
    if resets {
        stream.set_zero_linger().unwrap();
    }
}

async fn serve_secure(stream: TcpStream, tls: &TlsAcceptor, steps: Vec<Step>, log: &Log) {
    let Ok(mut stream) = tls.accept(stream).await else {
        return;
    };
    let name = stream.get_ref().1.server_name().map(str::to_owned);
    log.server_names.lock().unwrap().push(name);
    let _ = serve(&mut stream, steps, log).await;
    let _ = stream.shutdown().await;
}

async fn serve<S>(stream: &mut S, steps: Vec<Step>, log: &Log) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let head = read_request(stream).await?;
    log.heads.lock().unwrap().push(head);
    for step in steps {
        match step {
            Step::Send(bytes) => write(stream, &bytes, log).await?,
            Step::Flood(bytes) => loop {
                write(stream, &bytes, log).await?;
            },
            Step::Drip(bytes) => loop {
                write(stream, &bytes, log).await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            },
            Step::Hang => std::future::pending().await,
            Step::Reset => {}
        }
    }
    Ok(())
}

async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    bytes: &[u8],
    log: &Log,
) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    log.written.fetch_add(bytes.len(), Ordering::SeqCst);
    stream.flush().await
}

/// Reads the body too: a socket that is closed over unread bytes resets, and may lose the reply.
async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await?;
    Ok(head)
}
