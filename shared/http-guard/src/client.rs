//! The client itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderName, HeaderValue};
use reqwest::tls::TlsInfo;
use tokio::time::timeout;
use url::Url;

use crate::address::AddressPolicy;
use crate::endpoint::Endpoint;
use crate::error::{BuildError, Flaw, SendError};
use crate::options::ClientOptions;
use crate::request::{Parts, Reply, Request};
use crate::resolve::CheckedResolver;
use crate::{body, failure, tls};

/// Headers that decide where a request goes, how it is framed, or how the reply is encoded.
const OURS: [HeaderName; 8] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Sends requests to one endpoint and nowhere else.
pub struct GuardedClient {
    http: reqwest::Client,
    endpoint: Endpoint,
    addresses: AddressPolicy,
    /// The endpoint's URL, under the server name where one is set.
    dialled: Url,
    /// What the `Host` header says where the URL carries the server name.
    host: Option<HeaderValue>,
    request_timeout: Duration,
    connect_timeout: Duration,
    body_limit: usize,
    resolver: CheckedResolver,
}

// === impl GuardedClient ===

impl GuardedClient {
    /// A client for `endpoint`. Touches no network.
    ///
    /// # Errors
    /// Options that cannot be used, or an endpoint whose address they do not permit.
    pub fn new(endpoint: Endpoint, options: ClientOptions) -> Result<Self, BuildError> {
        endpoint.check_literal(&options.addresses)?;
        let (dialled, host) = dialled_as(&endpoint, options.tls.server_name.as_deref())?;
        let resolver = CheckedResolver::new(
            endpoint.host(),
            options.addresses.clone(),
            Arc::clone(&options.resolver),
        );
        Ok(Self {
            http: connector(&endpoint, &options, resolver.clone())?,
            endpoint,
            addresses: options.addresses,
            dialled,
            host,
            request_timeout: options.request_timeout,
            connect_timeout: options.connect_timeout,
            body_limit: options.body_limit,
            resolver,
        })
    }

    /// The endpoint that all requests go to.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends one request, once, and reads the whole reply. A redirect is a reply.
    ///
    /// # Errors
    /// When there is no whole reply within the time, the limit and the rules.
    pub async fn send(&self, request: Request) -> Result<Reply, SendError> {
        let bound = request.within(self.request_timeout);
        timeout(bound, self.exchange(request))
            .await
            .unwrap_or(Err(SendError::TimedOut { connecting: false }))
    }

    /// Opens a connection to the endpoint and closes it: whether anything listens there.
    ///
    /// # Errors
    /// When there is no connection within the time and the rules.
    pub async fn connect(&self) -> Result<(), SendError> {
        self.endpoint.check_literal(&self.addresses)?;
        let dialled = timeout(
            self.connect_timeout,
            self.resolver.dial(self.endpoint.port()),
        );
        let stream = dialled.await;
        let stream = stream.unwrap_or(Err(SendError::TimedOut { connecting: true }));
        stream.map(drop)
    }

    async fn exchange(&self, request: Request) -> Result<Reply, SendError> {
        // The resolver is not asked for a host that is written as an address.
        self.endpoint.check_literal(&self.addresses)?;
        let prepared = self.prepare(request)?;
        let response = self
            .http
            .execute(prepared)
            .await
            .map_err(|error| failure::before_reply(&error))?;
        let shown = response.extensions().get::<TlsInfo>();
        let certificate = shown.and_then(TlsInfo::peer_certificate);
        Ok(Reply {
            certificate: certificate.map(|it| it.to_vec().into()),
            status: response.status(),
            headers: response.headers().clone(),
            body: body::read(response, self.body_limit).await?,
        })
    }

    fn prepare(&self, request: Request) -> Result<reqwest::Request, SendError> {
        let Parts {
            method,
            url,
            mut headers,
            body,
        } = request.into_parts(&self.dialled)?;
        if OURS.iter().any(|name| headers.contains_key(name)) {
            return Err(SendError::Invalid(Flaw::Header));
        }
        if let Some(host) = &self.host {
            headers.insert(HOST, host.clone());
        }
        let mut prepared = reqwest::Request::new(method, url);
        *prepared.headers_mut() = headers;
        if !body.is_empty() {
            *prepared.body_mut() = Some(body.into());
        }
        Ok(prepared)
    }
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The URL to dial and, where it carries another name than the endpoint, the host to ask for.
fn dialled_as(
    endpoint: &Endpoint,
    server_name: Option<&str>,
) -> Result<(Url, Option<HeaderValue>), BuildError> {
    let mut url = endpoint.base().clone();
    let Some(name) = server_name else {
        return Ok((url, None));
    };
    url.set_host(Some(&tls::checked_name(name)?))
        .map_err(|_| BuildError::ServerName)?;
    let host = HeaderValue::from_str(endpoint.authority()).map_err(|_| BuildError::Client)?;
    Ok((url, Some(host)))
}

fn connector(
    endpoint: &Endpoint,
    options: &ClientOptions,
    resolver: CheckedResolver,
) -> Result<reqwest::Client, BuildError> {
    let user_agent =
        HeaderValue::from_str(&options.user_agent).map_err(|_| BuildError::UserAgent)?;
    let tls = match (endpoint.is_https(), options.tls.is_empty()) {
        (true, _) => tls::configure(&options.tls)?,
        (false, true) => tls::unused()?,
        (false, false) => return Err(BuildError::TlsWithoutHttps),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the guard that the ban points to"
    )]
    let builder = reqwest::Client::builder();
    let builder = match endpoint.socket() {
        Some(path) => builder.unix_socket(path),
        None => builder,
    };
    builder
        .tls_backend_preconfigured(tls)
        .https_only(endpoint.is_https())
        .dns_resolver(Arc::new(resolver))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .gzip(true)
        .tls_info(options.tells_certificate)
        .connect_timeout(options.connect_timeout)
        .user_agent(user_agent)
        .build()
        .map_err(|_| BuildError::Client)
}
