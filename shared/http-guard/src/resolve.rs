//! Names into addresses, each of them judged.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolving};
use tokio::net::TcpStream;
use url::Host;

use crate::address::{AddressPolicy, Refused};
use crate::endpoint::{LOCALHOST, is_localhost};
use crate::error::{SendError, Stage};
use crate::failure;

/// Turns a host name into all its addresses. The guard judges them; a resolver need not.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// All A and AAAA answers for `host`.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

/// Answers reqwest with the checked addresses of one endpoint, whichever name it asks for: under
/// another `server_name` the connection still goes to the endpoint's host.
#[derive(Clone)]
pub(crate) struct CheckedResolver {
    target: Target,
    addresses: AddressPolicy,
    resolver: Arc<dyn Resolve>,
}

#[derive(Clone)]
enum Target {
    Known(Vec<IpAddr>),
    Name(String),
}

// === impl SystemResolver ===

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let answers = tokio::net::lookup_host((host, 0)).await?;
            Ok(answers.map(|answer| answer.ip()).collect())
        })
    }
}

// === impl CheckedResolver ===

impl CheckedResolver {
    pub(crate) fn new(
        host: &Host<String>,
        addresses: AddressPolicy,
        resolver: Arc<dyn Resolve>,
    ) -> Self {
        let target = match host {
            Host::Ipv4(address) => Target::Known(vec![(*address).into()]),
            Host::Ipv6(address) => Target::Known(vec![(*address).into()]),
            Host::Domain(_) if is_localhost(host) => Target::Known(
                LOCALHOST
                    .into_iter()
                    .filter(|each| addresses.permits(*each).is_ok())
                    .collect(),
            ),
            Host::Domain(name) => Target::Name(name.clone()),
        };
        Self {
            target,
            addresses,
            resolver,
        }
    }

    /// The addresses that may be dialled: all of them, or none.
    pub(crate) async fn answers(&self) -> Result<Vec<IpAddr>, Unresolved> {
        let answers = match &self.target {
            Target::Known(answers) => answers.clone(),
            Target::Name(name) => self.resolver.resolve(name).await?,
        };
        if answers.is_empty() {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        }
        all_permitted(&answers, &self.addresses)?;
        Ok(answers)
    }

    /// A connection to one of those addresses, the first that takes it.
    pub(crate) async fn dial(&self, port: u16) -> Result<TcpStream, SendError> {
        let answers = self.answers().await;
        let answers = answers.map_err(|error| failure::of_lookup(&*error))?;
        let mut failed = SendError::Unreachable(Stage::Lookup);
        for address in answers {
            match TcpStream::connect((address, port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = SendError::Unreachable(failure::of_dial(&error)),
            }
        }
        Err(failed)
    }
}

/// No address: a [`Refused`], or what the resolver said.
pub(crate) type Unresolved = Box<dyn std::error::Error + Send + Sync>;

impl reqwest::dns::Resolve for CheckedResolver {
    fn resolve(&self, _: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let answers = resolver.answers().await?;
            // Port 0 is replaced by the URL's.
            let checked = answers.into_iter().map(|answer| SocketAddr::new(answer, 0));
            Ok(Box::new(checked) as Addrs)
        })
    }
}

/// One forbidden answer spoils all: which of them is dialled is not ours to choose.
fn all_permitted(answers: &[IpAddr], addresses: &AddressPolicy) -> Result<(), Refused> {
    answers
        .iter()
        .try_for_each(|answer| addresses.permits(*answer))
}
