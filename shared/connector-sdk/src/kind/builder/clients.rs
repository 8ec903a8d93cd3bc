//! The clients that connectors are given.

use std::{path::Path, sync::Arc};

use passport_http_guard::{
    AddressPolicy, ClientOptions, Endpoint, EndpointRules, GuardedClient, IpNet, TlsOptions,
};

use super::Builder;
use crate::{
    kind::{AnsweringClient, NoticeClient},
    provider::{Auth, ProbeClient, ProbeOptions, ProviderClient, Reads},
};

/// Whom a source trusts by a file of its own, in the place of `tls`.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The key of the source that names the file.
    pub key: &'static str,
    /// Authorities; `None`: those of every other source.
    pub ca_pem: Option<Vec<u8>>,
    /// The server's name in its certificate, if it is another than in its address.
    pub server_name: Option<String>,
}

impl Builder<'_> {
    /// A client for an endpoint, or problems at `endpoint` and below `tls`.
    pub fn client(&mut self, endpoint: &str, auth: Auth) -> Option<ProviderClient> {
        let endpoint = self.endpoint("endpoint", endpoint)?;
        self.client_of(endpoint, auth)
    }

    /// A client for an endpoint that a file of the source names along with its authorities; or problems at the
    /// source's key for it. Nothing of `tls` may stand beside it.
    pub fn client_trusting(
        &mut self,
        endpoint: &str,
        auth: Auth,
        trust: Trust,
    ) -> Option<ProviderClient> {
        if self.common.tls.is_some() {
            let reason = "has authorities of its own, and shows no certificate";
            self.problem(trust.key, reason, "leave `tls` out");
            return None;
        }
        let endpoint = self.endpoint(trust.key, endpoint)?;
        let addresses = self.hub.options.addresses.clone();
        let tls = TlsOptions {
            ca_pem: trust.ca_pem,
            server_name: trust.server_name,
            ..TlsOptions::default()
        };
        self.client_with(endpoint, auth, addresses, tls)
    }

    /// A client for a Unix socket of this machine, written as `unix:///run/server.sock`; or problems at
    /// `endpoint` and below `tls`. Which ones there are to be used the operator says; who may connect is the
    /// socket's own matter: no credential is shown.
    pub fn socket_client(&mut self, endpoint: &str) -> Option<ProviderClient> {
        match Endpoint::of_socket(endpoint) {
            Ok(of_socket) if self.may_use(endpoint) => self.client_of(of_socket, Auth::None),
            Ok(_) => {
                let reason = "is a socket that the operator has not opened for sources";
                let fix = "let the operator name it under `addresses.sockets`";
                self.problem("endpoint", reason, fix);
                None
            }
            Err(problem) => {
                self.problem("endpoint", problem.to_string(), problem.fix());
                None
            }
        }
    }

    /// Whether a socket is one that the operator names, or lies in such a folder. Its path has no steps up.
    fn may_use(&self, endpoint: &str) -> bool {
        let path = Path::new(endpoint.strip_prefix("unix://").unwrap_or_default());
        let opened = &self.hub.options.sockets;
        opened.iter().any(|it| path.starts_with(it))
    }

    /// A client for a target that is probed, or problems at `endpoint`, `allow_addresses` and below
    /// `tls`.
    pub fn probe_client(&mut self, endpoint: &str, options: ProbeOptions) -> Option<ProbeClient> {
        let plain_http = self.common.allow_plain_http;
        self.probe_client_of(endpoint, plain_http, options)
    }

    /// A client for a target that is only connected to, by `host:port`; or problems as those of
    /// [`Builder::probe_client`].
    pub fn connection_client(&mut self, host: &str, options: ProbeOptions) -> Option<ProbeClient> {
        self.probe_client_of(&format!("http://{host}"), true, options)
    }

    fn probe_client_of(
        &mut self,
        endpoint: &str,
        allow_plain_http: bool,
        options: ProbeOptions,
    ) -> Option<ProbeClient> {
        let operators = self.hub.options.addresses.clone();
        let addresses = operators.narrowed_to(self.nets(&options.allow_addresses)?);
        let rules = EndpointRules {
            allow_plain_http,
            addresses: &addresses,
        };
        let endpoint = self.endpoint_by("endpoint", endpoint, rules)?;
        let tls = self.tls()?;
        let tls = trusting(tls, &endpoint, self.hub.options.ca_pem.as_ref());
        let provider = self.client_within(endpoint, Auth::None, addresses.clone())?;
        Some(ProbeClient {
            provider,
            options,
            addresses,
            resolver: Arc::clone(&self.hub.options.resolver),
            tls,
        })
    }

    fn nets(&mut self, texts: &[String]) -> Option<Vec<IpNet>> {
        let nets: Option<Vec<_>> = texts.iter().map(|it| it.parse().ok()).collect();
        if nets.is_none() {
            let fix = "write each as 10.20.0.0/16";
            self.problem("allow_addresses", "is not a list of networks", fix);
        }
        nets
    }

    /// A client for an endpoint that was checked, for sources that ask at several; or problems below
    /// `tls`.
    pub fn client_of(&mut self, endpoint: Endpoint, auth: Auth) -> Option<ProviderClient> {
        let addresses = self.hub.options.addresses.clone();
        self.client_within(endpoint, auth, addresses)
    }

    fn client_within(
        &mut self,
        endpoint: Endpoint,
        auth: Auth,
        addresses: AddressPolicy,
    ) -> Option<ProviderClient> {
        let tls = self.tls()?;
        self.client_with(endpoint, auth, addresses, tls)
    }

    pub(super) fn client_with(
        &mut self,
        endpoint: Endpoint,
        auth: Auth,
        addresses: AddressPolicy,
        tls: TlsOptions,
    ) -> Option<ProviderClient> {
        let origin = endpoint.origin();
        let shows_certificate = tls.identity.is_some();
        let options = &self.hub.options;
        let tls = trusting(tls, &endpoint, options.ca_pem.as_ref());
        let guarded = GuardedClient::new(
            endpoint,
            ClientOptions {
                request_timeout: options.request_timeout,
                body_limit: options.body_limit,
                addresses,
                resolver: Arc::clone(&options.resolver),
                tls,
                ..ClientOptions::default()
            },
        );
        let guarded = guarded.map_err(|error| self.refuse("tls", error)).ok()?;
        let credential = auth
            .secrets()
            .iter()
            .map(|it| it.reference().clone())
            .collect();
        Some(ProviderClient {
            guarded: Arc::new(guarded),
            budget: self
                .hub
                .budget(&self.context.id.scope.workspace, origin, credential),
            auth,
            shows_certificate,
            retry_wait: options.retry_wait,
            connector: self.descriptor.id,
            source: self.context.id.clone(),
            known: None,
            own: None,
            reads: Reads::Good,
            patience: None,
        })
    }

    /// A client that sends answers, with a credential that serves for nothing else; or problems.
    pub fn answering_client(&mut self, endpoint: &str, auth: Auth) -> Option<AnsweringClient> {
        self.client(endpoint, auth).map(AnsweringClient::new)
    }

    /// A client that posts notices; or problems.
    pub fn notice_client(&mut self, endpoint: &str, auth: Auth) -> Option<NoticeClient> {
        self.client(endpoint, auth).map(NoticeClient::new)
    }
}

/// Where a source names no authorities, those of the process.
fn trusting(tls: TlsOptions, endpoint: &Endpoint, ca_pem: Option<&Vec<u8>>) -> TlsOptions {
    let ca_pem = ca_pem.filter(|_| endpoint.is_https()).cloned();
    TlsOptions {
        ca_pem: tls.ca_pem.or(ca_pem),
        ..tls
    }
}
