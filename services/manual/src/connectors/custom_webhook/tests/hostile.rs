//! Endpoints that lead where nobody should be led: none is called, told by counting connections.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{FutureExt as _, future::BoxFuture};
use passport_connector_sdk::{
    Hub, HubOptions, Kept,
    provider::{AddressPolicy, Resolve},
};
use passport_evidence::FailureCode;
use passport_testkit::{connector, env::Env};
use serde_json::json;
use tokio::net::TcpListener;

use super::sender::at;
use crate::connectors::custom_webhook::CustomWebhook;

/// Addresses that no customer's endpoint has, in the forms that they hide in.
const ADDRESSES: [&str; 40] = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.5",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2001::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
];

/// Ways to write this machine, its network or nothing at all.
const SPELLINGS: [&str; 34] = [
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://017700000001/x",
    "https://0177.0.0.1/x",
    "https://0x7f.0.0.1/x",
    "https://127.1/x",
    "https://127.0.1/x",
    "https://１２７.0.0.1/x",
    "https://①②⑦.0.0.1/x",
    "https://127。0。0。1/x",
    "https://127.0.0.1./x",
    "https://localhost/x",
    "https://localhost./x",
    "https://LOCALHOST/x",
    "https://a.localhost/x",
    "https://loc%61lhost/x",
    "https://printer.local/x",
    "https://metadata.google.internal/x",
    "https://db.internal/x",
    "https://router.home.arpa/x",
    "https://metadata/x",
    "https://health.example.com./x",
    "https://user@health.example.com/x",
    "https://health.example.com@127.0.0.1/x",
    "https://127.0.0.1#@health.example.com/x",
    "https://health.example.com:22/x",
    "https://health.example.com:0/x",
    "https://[::ffff:7f00:1]/x",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/x",
    "https://[fe80::1%25lo]/x",
    "http://health.example.com/x",
    "file:///etc/passwd",
    "gopher://health.example.com/x",
    "https:///x",
];

/// Answers every name with the same addresses, and counts how often it is asked.
#[derive(Debug)]
struct Always(Vec<IpAddr>, AtomicUsize);

impl Resolve for Always {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok(self.0.clone())).boxed()
    }
}

fn hub(resolver: Arc<Always>) -> Hub {
    let options = HubOptions {
        addresses: AddressPolicy::public_only(),
        resolver,
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(Env::default()))
}

fn config(endpoint: &str) -> serde_json::Value {
    json!({"connector": "custom-webhook", "mode": "pull", "endpoint": endpoint, "format": "actuator"})
}

#[test]
fn no_spelling_of_a_hostile_endpoint_is_accepted() {
    let resolver = Arc::new(Always(vec![], AtomicUsize::new(0)));
    for endpoint in SPELLINGS {
        let built = connector::built::<CustomWebhook>(&config(endpoint), &hub(resolver.clone()));
        assert!(built.is_err_and(|it| it.contains("endpoint")), "{endpoint}");
    }
    for address in ADDRESSES {
        let host = match address.contains(':') {
            true => format!("[{address}]"),
            false => address.to_owned(),
        };
        let endpoint = format!("https://{host}/x");
        let built = connector::built::<CustomWebhook>(&config(&endpoint), &hub(resolver.clone()));
        assert!(built.is_err_and(|it| it.contains("endpoint")), "{endpoint}");
    }
    assert_eq!(resolver.1.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn no_name_that_leads_to_a_hostile_address_is_called() {
    let listener = TcpListener::bind("127.0.0.1:443").await.ok();
    for address in ADDRESSES {
        let hostile: IpAddr = address.parse().unwrap();
        let public = "93.184.216.34".parse().unwrap();
        for answers in [vec![hostile], vec![public, hostile]] {
            let resolver = Arc::new(Always(answers, AtomicUsize::new(0)));
            let endpoint = config("https://health.example.com/ready");
            let source = connector::built::<CustomWebhook>(&endpoint, &hub(resolver.clone()));
            let source = source.unwrap();
            let (request, kept) = (connector::request(at(0)), Kept::default());
            let collected = source.collect(&request, &kept).await;
            let code = collected.map(|_| ()).map_err(|it| it.code);
            assert_eq!(code, Err(FailureCode::OutOfScope), "{address}");
            assert_eq!(resolver.1.load(Ordering::Relaxed), 1, "{address}");
        }
    }
    if let Some(listener) = listener {
        assert!(listener.accept().now_or_never().is_none());
    }
}

/// The operator has opened this machine: it is called by its own name alone.
#[test]
fn an_address_that_the_operator_opened_is_written_as_it_is() {
    let hub = connector::hub(&[]);
    let built = |endpoint: &str| connector::built::<CustomWebhook>(&config(endpoint), &hub);
    for good in [
        "https://127.0.0.1/x",
        "https://127.0.0.1:8443/x",
        "http://127.0.0.1:8080/x",
        "https://[::1]:8443/x",
    ] {
        assert!(built(good).is_ok(), "{good}");
    }
    for bad in [
        "https://2130706433/127.0.0.1",
        "https://2130706433/?127.0.0.1",
        "https://127.1/x",
        "https://0x7f000001/127.0.0.1",
        "https://[::ffff:127.0.0.1]/[::1]",
        "https://[0::1]/x",
        "https://localhost/x",
    ] {
        assert!(built(bad).is_err_and(|it| it.contains("endpoint")), "{bad}");
    }
}
