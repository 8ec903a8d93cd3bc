//! The client against real servers on loopback.

mod addresses;
mod dial;
mod framing;
mod http2;
mod limits;
mod proxy;
mod requests;
mod secrets;
mod server;
mod sockets;
mod tls;

use crate::{AddressPolicy, ClientOptions, Endpoint, EndpointRules, GuardedClient};

fn endpoint(url: &str) -> Endpoint {
    let addresses = AddressPolicy::with_loopback();
    Endpoint::parse(
        url,
        EndpointRules {
            allow_plain_http: true,
            addresses: &addresses,
        },
    )
    .unwrap()
}

/// What the tests that reach loopback start from.
fn options() -> ClientOptions {
    ClientOptions {
        addresses: AddressPolicy::with_loopback(),
        ..ClientOptions::default()
    }
}

fn client(url: &str) -> GuardedClient {
    GuardedClient::new(endpoint(url), options()).unwrap()
}
