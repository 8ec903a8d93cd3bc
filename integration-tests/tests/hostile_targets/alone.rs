//! A network in which every address there is leads to this test, and nowhere else: whoever connects anywhere
//! is seen and counted, by a listener of the test and by the kernel.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Says that the test is in its own network already.
const INSIDE: &str = "PASSPORT_TEST_NETWORK";

/// Ports that are listened on; of others the kernel counts who tried.
const PORTS: [u16; 2] = [80, 443];

/// A public address, which may be connected to; behind it is the test, too.
pub const PUBLIC: &str = "93.184.216.34";

/// The network that the test is alone in.
#[derive(Debug, Clone)]
pub struct Network(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// How often each address was connected to.
    contacts: Mutex<BTreeMap<IpAddr, usize>>,
    /// What every request over plain HTTP is answered with.
    answer: Mutex<String>,
}

/// Runs a test, by its own name, where names lead to what `hosts` says.
///
/// # Errors
/// What the test ends with, or that there is no such network: it takes `unshare` and `ip`.
pub fn alone<T: Future<Output = Result<()>>>(
    name: &str,
    hosts: &str,
    test: impl FnOnce(Network) -> T,
) -> Result<()> {
    if env::var_os(INSIDE).is_none() {
        return again(name);
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("hosts");
    fs::write(
        &file,
        format!("127.0.0.1 localhost\n::1 localhost\n{hosts}"),
    )?;
    let file = file.to_str().context("a path that is no text")?;
    run(&["mount", "--bind", file, "/etc/hosts"])?;
    run(&["ip", "link", "set", "lo", "up"])?;
    // Every address of either kind is one of this machine.
    run(&["ip", "route", "add", "local", "default", "dev", "lo"])?;
    run(&["ip", "-6", "route", "add", "local", "::/0", "dev", "lo"])?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let network = Network(Arc::default());
        for port in PORTS {
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await?;
            tokio::spawn(network.clone().accept(listener, port));
        }
        test(network).await
    })
}

/// This program once more, for this test, in a network of its own. Being root there is enough.
fn again(name: &str) -> Result<()> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--net", "--mount"]);
    command.arg(env::current_exe()?);
    command.args(["--exact", name, "--nocapture", "--test-threads", "1"]);
    let status = command.env(INSIDE, "1").status();
    let status = status.context("unshare is missing: integration-tests/test.sh installs it")?;
    ensure!(status.success(), "in a network of its own: {status}");
    Ok(())
}

fn run(command: &[&str]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let status = Command::new(program).args(arguments).status();
    let status = status.with_context(|| format!("{program} is missing"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

// === impl Network ===

impl Network {
    /// How often anybody tried to open a connection, to whatever address and port.
    pub fn attempts(&self) -> Result<u64> {
        let text = fs::read_to_string("/proc/net/snmp")?;
        let mut lines = text.lines().filter_map(|it| it.strip_prefix("Tcp: "));
        let (names, values) = lines.next().zip(lines.next()).context("no counts of TCP")?;
        let mut counts = names.split(' ').zip(values.split(' '));
        let opened = counts.find(|(name, _)| *name == "ActiveOpens");
        Ok(opened.context("no count of connections")?.1.parse()?)
    }

    /// Which addresses were connected to since this was last asked.
    pub fn contacted(&self) -> Vec<IpAddr> {
        let mut contacts = lock(&self.0.contacts);
        std::mem::take(&mut *contacts).into_keys().collect()
    }

    /// What every request over plain HTTP is answered with from now on, whole.
    pub fn answer(&self, whole: impl Into<String>) {
        *lock(&self.0.answer) = whole.into();
    }

    async fn accept(self, listener: TcpListener, port: u16) {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(address) = stream.local_addr() {
                let address = address.ip().to_canonical();
                *lock(&self.0.contacts).entry(address).or_default() += 1;
            }
            if port == 80 {
                let answer = lock(&self.0.answer).clone();
                tokio::spawn(reply(stream, answer));
            }
        }
    }
}

/// Reads the head of a request, answers it, and ends.
async fn reply(mut stream: TcpStream, answer: String) {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => head.extend_from_slice(piece.get(..length).unwrap_or_default()),
        }
    }
    // Whoever went away in the meantime needs no answer.
    let _gone = stream.write_all(answer.as_bytes()).await;
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
