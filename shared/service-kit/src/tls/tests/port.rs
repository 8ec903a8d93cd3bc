//! A port that speaks TLS, with its files in a folder, and callers of it.

use std::{
    fs, future::pending, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::PathBuf,
    sync::Arc, time::Duration,
};

use axum::{Extension, Router, routing::get};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tempfile::TempDir;
use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::{
    Status,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use super::authority::{Authority, Issued};
use crate::{
    clock::SystemClock,
    config::model::Tls,
    server::{Incoming, grpc_routes, serve},
    telemetry::{Meters, TelemetryOptions},
    tls::{Acceptor, AskClients, Peer, TlsError, provider},
};

/// Files that are configured at `gateway.tls`.
pub struct Files {
    folder: TempDir,
    pub tls: Tls,
}

/// A port that is served.
pub struct Port {
    pub files: Files,
    pub acceptor: Acceptor,
    pub meters: Meters,
    pub address: SocketAddr,
    /// Who signed the certificate that it shows.
    pub authority: Authority,
}

// === impl Files ===

impl Files {
    /// A pair, and authorities of callers where there are any.
    pub fn of(shown: &Issued, callers: &[&Authority]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let files = Self {
            tls: Tls {
                certificate: file("tls.crt"),
                key: file("tls.key"),
                client_ca: (!callers.is_empty()).then(|| file("ca.crt")),
                client_crl: None,
            },
            folder,
        };
        files.put(shown);
        files.trust(callers);
        files
    }

    pub fn put(&self, shown: &Issued) {
        fs::write(&self.tls.certificate, shown.pem()).unwrap();
        fs::write(&self.tls.key, shown.key_pem()).unwrap();
        self.mode(&self.tls.key, 0o600);
    }

    pub fn trust(&self, callers: &[&Authority]) {
        let pem: String = callers.iter().map(|it| it.pem()).collect();
        fs::write(self.folder.path().join("ca.crt"), pem).unwrap();
        self.mode(&self.folder.path().join("ca.crt"), 0o644);
    }

    /// From now on these lists count, where there were some when the port was opened.
    pub fn withdraw(&self, lists: &str) {
        let file = self.folder.path().join("withdrawn.crl");
        fs::write(&file, lists).unwrap();
        self.mode(&file, 0o644);
    }

    pub fn mode(&self, file: &PathBuf, mode: u32) {
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn open(&self, ask: AskClients, meters: &Meters) -> Result<Acceptor, TlsError> {
        let clock = Arc::new(SystemClock);
        Acceptor::open("gateway.tls", &self.tls, ask, clock, &meters.meter())
    }
}

pub fn meters() -> Meters {
    Meters::new(&TelemetryOptions::named("test")).unwrap()
}

// === impl Port ===

impl Port {
    /// A port whose callers are those of the authority.
    pub async fn for_callers(callers: &Authority, ask: AskClients) -> Self {
        let authority = Authority::new();
        let files = Files::of(&authority.issue(&["dns:localhost"]), &[callers]);
        Self::serving(authority, files, ask).await
    }

    /// The same with revocation lists, of callers who must show a certificate.
    pub async fn with_lists(callers: &Authority, lists: &str) -> Self {
        let authority = Authority::new();
        let mut files = Files::of(&authority.issue(&["dns:localhost"]), &[callers]);
        files.withdraw(lists);
        files.tls.client_crl = Some(files.folder.path().join("withdrawn.crl"));
        Self::serving(authority, files, AskClients::Must).await
    }

    async fn serving(authority: Authority, files: Files, ask: AskClients) -> Self {
        let meters = meters();
        let acceptor = files.open(ask, &meters).unwrap();
        let (grpc, _) = grpc_routes().into_router().await.unwrap();
        let router = grpc.merge(Router::new().route("/who", get(who)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let incoming = Incoming::secured(listener, acceptor.clone());
        tokio::spawn(serve(router, incoming, pending::<()>(), Duration::ZERO));
        Self {
            files,
            acceptor,
            meters,
            address,
            authority,
        }
    }

    /// A connection of a caller who may show a certificate.
    pub async fn connect(&self, caller: Option<&Issued>) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der()).unwrap();
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match caller {
            None => builder.with_no_client_auth(),
            Some(caller) => {
                let key = PrivateKeyDer::from_pem_slice(caller.key_pem().as_bytes()).unwrap();
                let chain = vec![caller.der()];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await
    }

    /// The answer to `GET /who` over HTTP/1.1.
    pub async fn who(&self, caller: Option<&Issued>) -> io::Result<String> {
        let mut stream = self.connect(caller).await?;
        let request = b"GET /who HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let body = answer
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned());
        body.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// The certificate that is shown to callers now.
    pub async fn shown(&self, caller: &Issued) -> CertificateDer<'static> {
        let stream = self.connect(Some(caller)).await.unwrap();
        let shown = stream.get_ref().1.peer_certificates().unwrap();
        shown[0].clone().into_owned()
    }

    /// A gRPC client, which connects with its first call.
    pub fn channel(&self, caller: Option<&Issued>) -> Channel {
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(self.authority.pem()))
            .domain_name("localhost");
        let tls = match caller {
            Some(caller) => tls.identity(Identity::from_pem(caller.pem(), caller.key_pem())),
            None => tls,
        };
        let endpoint = Endpoint::from_shared(format!("https://{}", self.address)).unwrap();
        endpoint.tls_config(tls).unwrap().connect_lazy()
    }

    /// How many handshakes ended like this.
    pub fn handshakes(&self, outcome: &str) -> u64 {
        counted(
            &self.meters,
            &format!("passport_tls_handshakes_total{{outcome=\"{outcome}\""),
        )
    }
}

/// What a series that begins like this counts.
pub fn counted(meters: &Meters, series: &str) -> u64 {
    let text = meters.render();
    let line = text.lines().find(|line| line.starts_with(series));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

async fn who(peer: Option<Extension<Peer>>) -> String {
    peer.map_or("no certificate".to_owned(), |peer| peer.to_string())
}

/// A call over gRPC.
pub async fn healthy(channel: &Channel) -> Result<(), Status> {
    let request = HealthCheckRequest::default();
    let answer = HealthClient::new(channel.clone()).check(request).await;
    answer.map(drop)
}
