//! The gateway, asked over gRPC under one deadline.

mod address;
mod certificates;
mod readiness;
mod status;
mod token;

use std::time::Duration;

use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_service_kit::client::readable;
use passport_service_kit::telemetry;
use tokio::time::{Instant, timeout_at};
use tonic::body::Body;
use tonic::codegen::http::Response;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tower::util::MapResponse;

use crate::cli::Global;
use crate::exit::Fault;
use address::Address;
use certificates::Certificates;
use token::Bearer;

pub use readiness::Readiness;
pub use status::protocol;

/// Errors that can't be read are errors, and not the end of this program.
type Readable = MapResponse<Channel, fn(Response<Body>) -> Response<Body>>;

type Client = GatewayServiceClient<InterceptedService<Readable, Bearer>>;

/// A gateway that answers.
pub struct Gateway {
    channel: Channel,
    client: Client,
    asked: Asked,
}

/// Why nothing more is heard.
pub struct Lost {
    /// What to say of it.
    pub fault: Fault,
    /// Whether another try may help.
    pub comes_back: bool,
}

/// How the gateway is asked; what a message about it says.
struct Asked {
    address: String,
    with_token: bool,
    timeout: Duration,
    deadline: Instant,
}

// === impl Gateway ===

impl Gateway {
    /// Connects to the gateway that was named, with the token of the environment. The deadline of
    /// everything that is asked of it starts now.
    pub async fn connect(global: &Global) -> Result<Self, Fault> {
        let address = Address::parse(&global.gateway)?;
        let certificates = Certificates::of(global, &address)?;
        let bearer = Bearer::of_caller().await?;
        if bearer.is_set() && !global.plaintext && !address.is_private() {
            return Err(token::would_be_read());
        }
        Self::reach(&address, certificates, bearer, global.timeout).await
    }

    /// Connects to a gateway that needs no token.
    pub async fn open(url: &str, timeout: Duration) -> Result<Self, Fault> {
        let address = Address::parse(url)?;
        let nothing = (Certificates::default(), Bearer::default());
        Self::reach(&address, nothing.0, nothing.1, timeout).await
    }

    async fn reach(
        address: &Address,
        certificates: Certificates,
        bearer: Bearer,
        timeout: Duration,
    ) -> Result<Self, Fault> {
        let asked = Asked {
            address: address.to_string(),
            with_token: bearer.is_set(),
            timeout,
            deadline: Instant::now() + timeout,
        };
        let channel = asked.connect(address, certificates).await?;
        let readable = MapResponse::new(channel.clone(), readable as fn(_) -> _);
        Ok(Self {
            client: GatewayServiceClient::with_interceptor(readable, bearer),
            channel,
            asked,
        })
    }

    /// The connection, for what is asked without a token.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// What it says of itself; `what` names what was being done.
    pub async fn readiness(&self, what: &str) -> Result<Readiness, Fault> {
        self.answer(what, readiness::of(self.channel())).await
    }

    /// Makes the calls.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A request that tells the gateway how much time is left, and which trace it belongs to.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let left = self
            .asked
            .deadline
            .saturating_duration_since(Instant::now());
        request.set_timeout(left);
        telemetry::inject(request.metadata_mut());
        request
    }

    /// The same gateway, asked until then from now on.
    pub fn until(mut self, deadline: Instant) -> Self {
        self.asked.timeout = deadline.saturating_duration_since(Instant::now());
        self.asked.deadline = deadline;
        self
    }

    /// As [`answer`](Self::answer), for who may try again.
    pub async fn heard<T>(
        &self,
        what: &str,
        call: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Lost> {
        match timeout_at(self.asked.deadline, call).await {
            Ok(answer) => answer.map_err(|status| Lost {
                comes_back: status::may_come_back(&status),
                fault: status::fault(what, &status, &self.asked),
            }),
            Err(_) => Err(Lost::of(status::late(what, &self.asked))),
        }
    }

    /// Waits for an answer until the deadline; `what` names what was being done.
    pub async fn answer<T>(
        &self,
        what: &str,
        call: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Fault> {
        match timeout_at(self.asked.deadline, call).await {
            Ok(answer) => answer.map_err(|status| status::fault(what, &status, &self.asked)),
            Err(_) => Err(status::late(what, &self.asked)),
        }
    }
}

// === impl Lost ===

impl Lost {
    /// Another try may help.
    pub fn of(fault: Fault) -> Self {
        Self {
            fault,
            comes_back: true,
        }
    }

    /// No other try does.
    pub fn for_good(fault: Fault) -> Self {
        Self {
            fault,
            comes_back: false,
        }
    }
}

// === impl Asked ===

impl Asked {
    async fn connect(
        &self,
        address: &Address,
        certificates: Certificates,
    ) -> Result<Channel, Fault> {
        let endpoint = self.endpoint(address, certificates)?;
        match timeout_at(self.deadline, endpoint.connect()).await {
            Ok(channel) => channel.map_err(|error| status::unreachable(&error, self)),
            Err(_) => Err(status::late("connect", self)),
        }
    }

    fn endpoint(&self, address: &Address, certificates: Certificates) -> Result<Endpoint, Fault> {
        let endpoint = Endpoint::from(address.uri().clone());
        if !address.is_tls() {
            return Ok(endpoint);
        }
        endpoint
            .tls_config(certificates.into())
            .map_err(|error| status::unreachable(&error, self))
    }
}
