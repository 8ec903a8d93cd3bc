//! Requests that the demo makes to itself, so that there is something to measure.

use std::time::Duration;

use passport_http_guard::{
    AddressPolicy, ClientOptions, Endpoint, EndpointRules, GuardedClient, Request,
};
use passport_proto::gateway::ListConnectorsRequest;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::Gateway;
use crate::exit::Fault;

/// How often everything is asked, and how far apart.
const ROUNDS: usize = 25;
const PAUSE: Duration = Duration::from_millis(100);

/// What is asked over HTTP: two cheap paths and two that do some work.
const PATHS: [&[&str]; 4] = [
    &["healthz"],
    &["metrics"],
    &["openapi.json"],
    &["v1", "connectors"],
];

/// A client of HTTP and one of gRPC.
pub struct Traffic {
    http: GuardedClient,
    gateway: Gateway,
}

// === impl Traffic ===

impl Traffic {
    pub fn new(url: &str, gateway: Gateway) -> Result<Self, Fault> {
        let addresses = AddressPolicy::with_loopback();
        let rules = EndpointRules {
            allow_plain_http: false,
            addresses: &addresses,
        };
        let endpoint = Endpoint::parse(url, rules).map_err(unusable)?;
        let options = ClientOptions {
            addresses: addresses.clone(),
            ..ClientOptions::default()
        };
        Ok(Self {
            http: GuardedClient::new(endpoint, options).map_err(unusable)?,
            gateway,
        })
    }

    /// Asks all there is to ask, again and again, for a bounded time.
    pub async fn flow(&self) -> Result<(), Fault> {
        let mut pause = interval(PAUSE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..ROUNDS {
            pause.tick().await;
            self.round().await?;
        }
        Ok(())
    }

    async fn round(&self) -> Result<(), Fault> {
        for path in PATHS {
            let answer = self.http.send(Request::get(path.iter().copied())).await;
            answer.map_err(unusable)?;
        }
        let mut client = self.gateway.client();
        let request = self.gateway.request(ListConnectorsRequest {});
        let call = client.list_connectors(request);
        self.gateway.answer("list the connectors", call).await?;
        Ok(())
    }
}

fn unusable(error: impl std::fmt::Display) -> Fault {
    Fault::unanswered(
        format!("the demo could not ask itself: {error}"),
        "see whether something keeps this machine from reaching its own loopback address",
    )
}
