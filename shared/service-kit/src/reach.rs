//! Where the process itself connects to, beside the providers that its sources ask: its collectors, and
//! whoever takes its traces. The operator names them, and they lie in his own networks; no name of them leads to
//! where a cloud hands out credentials, and none to the local link.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use passport_http_guard::{AddressPolicy, Refused};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tower::Service;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens connections to servers of the operator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialer;

/// Whether the process may connect there: anywhere but to what no setting permits.
///
/// # Errors
/// The kind of the address, when it may not.
pub(crate) fn permits(address: IpAddr) -> Result<(), Refused> {
    let all = [IpAddr::from([0; 4]), IpAddr::from([0; 16])];
    let nets = all.into_iter().filter_map(|it| IpNet::new(it, 0).ok());
    AddressPolicy::allowing(nets).permits(address)
}

/// The address that a host is written as, in whatever form; `None`: it is a name.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

/// Connects to an address, if it may be connected to.
///
/// # Errors
/// It may not, or there is no connection.
pub(crate) async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    permits(address.ip()).map_err(|refused| io::Error::other(refused.to_string()))?;
    TcpStream::connect(address).await
}

async fn dial(uri: Uri) -> io::Result<TokioIo<TcpStream>> {
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let usual = if uri.scheme_str() == Some("https") {
        443
    } else {
        80
    };
    let port = uri.port_u16().unwrap_or(usual);
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    // A name that leads there at all is no name of the operator's.
    for address in &addresses {
        permits(address.ip()).map_err(|refused| io::Error::other(refused.to_string()))?;
    }
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(TokioIo::new(stream));
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

// === impl Dialer ===

impl Service<Uri> for Dialer {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<TokioIo<TcpStream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialling = timeout(CONNECT_TIMEOUT, dial(uri));
        Box::pin(async { dialling.await.map_err(|_| io::ErrorKind::TimedOut)? })
    }
}

#[cfg(test)]
mod tests;
