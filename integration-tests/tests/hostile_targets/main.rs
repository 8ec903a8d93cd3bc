//! Places where nobody should be led, and every client that the mesh has: none connects there, told by counting
//! connections in a network in which every address is the test itself.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod alone;
mod processes;
#[path = "../seed_matrix/rows.rs"]
#[allow(dead_code, reason = "the names of sources are of no use here")]
mod rows;
mod sources;
mod targets;

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use passport_connector_sdk::Registry;
use passport_connector_sdk::provider::AddressPolicy;

use self::alone::{Network, PUBLIC, alone};
use self::rows::{ROWS, Row};
use self::sources::{Answers, Came, Client};
use self::targets::{ADDRESSES, Kind};

/// So many places at once.
const AT_ONCE: usize = 16;

/// Sources with other clients than those of the rows.
const FURTHER: [Row; 1] = [Row {
    connector: "slack",
    suffix: "webhook",
    case: "work-items/src/connectors/slack/cases/webhook-ok-text",
}];

/// What the operator can open at most.
fn everything() -> AddressPolicy {
    let nets = ["0.0.0.0/0", "::/0"];
    AddressPolicy::allowing(nets.iter().filter_map(|it| it.parse().ok()))
}

/// The rules under which a place of this kind is out of reach.
fn closed(kind: Kind) -> Vec<AddressPolicy> {
    match kind {
        Kind::Private => vec![AddressPolicy::public_only()],
        Kind::Never => vec![AddressPolicy::public_only(), everything()],
    }
}

/// Leads every client of a collector everywhere.
async fn none_is_led_astray(registry: Registry, network: Network) -> Result<()> {
    let built: Vec<_> = registry.descriptors().map(|it| it.id).collect();
    let all = ROWS.iter().chain(&FURTHER);
    let rows = all.filter(|row| built.contains(&row.connector));
    let mut clients = Vec::new();
    for row in rows {
        clients.extend(Client::of(row, &registry)?);
    }
    assert!(!clients.is_empty(), "no client of {built:?}");
    for client in clients {
        it_can_be_counted(&client, &network).await?;
        by_its_own_address(&client, &network).await?;
        by_a_name(&client, &network).await?;
        by_a_name_that_changes_its_mind(&client, &network).await?;
        by_a_redirect(&client, &network).await?;
    }
    Ok(())
}

/// A client that is led where it may go connects, and is seen: silence below means something. What wants a
/// client's certificate of everybody else is led to this machine.
async fn it_can_be_counted(client: &Client, network: &Network) -> Result<()> {
    let name = client.name();
    let mut came = Vec::new();
    for (scheme, host) in [("https", PUBLIC), ("http", "127.0.0.1")] {
        let before = network.attempts()?;
        let origin = format!("{scheme}://{host}");
        let led = client.led_to(&origin, everything(), Answers::of(&[])?);
        came.push(led.await?);
        if network.attempts()? > before {
            let host = [host.parse::<IpAddr>()?];
            assert_eq!(network.contacted(), host, "{name}");
            return Ok(());
        }
    }
    anyhow::bail!("{name} went nowhere: {came:?}")
}

/// Nobody connects, and nothing passes.
async fn nowhere(
    client: &Client,
    network: &Network,
    led: (&str, &AddressPolicy, Arc<Answers>),
) -> Result<Came> {
    let (origin, addresses, answers) = led;
    let before = network.attempts()?;
    let came = client.led_to(origin, addresses.clone(), answers).await?;
    let name = client.name();
    let contacted = network.contacted();
    match client.is_alone {
        true => assert_eq!(
            network.attempts()?,
            before,
            "{name}, led to {origin}, connected to {contacted:?}"
        ),
        // Its source has other endpoints, which are good.
        false => {
            let public = PUBLIC.parse::<IpAddr>()?;
            let astray: Vec<_> = contacted.iter().filter(|it| **it != public).collect();
            assert!(astray.is_empty(), "{name}, led to {origin}: {astray:?}");
        }
    }
    assert_ne!(
        came,
        Came::Evidence { passed: true },
        "{name}, led to {origin}"
    );
    Ok(came)
}

async fn by_its_own_address(client: &Client, network: &Network) -> Result<()> {
    let led = targets::origins().flat_map(|(origin, kind)| {
        let closed = closed(kind).into_iter();
        closed.map(move |addresses| (origin.clone(), addresses))
    });
    together(led, async |(origin, addresses)| {
        let led = (origin.as_str(), &addresses, Answers::of(&[])?);
        nowhere(client, network, led).await?;
        Ok(())
    })
    .await
}

/// A name that leads there alone, or beside a good place; each over one of the schemes.
async fn by_a_name(client: &Client, network: &Network) -> Result<()> {
    let mut led = Vec::new();
    for (at, (address, kind)) in ADDRESSES.iter().enumerate() {
        for addresses in closed(*kind) {
            let by = |is_plain, answers: &[&'static str]| {
                let origin = match is_plain {
                    true => "http://provider.example.com",
                    false => "https://provider.example.com",
                };
                (*address, origin, addresses.clone(), answers.to_vec())
            };
            let is_even = at % 2 == 0;
            led.push(by(is_even, &[*address]));
            led.push(by(!is_even, &[PUBLIC, *address]));
        }
    }
    together(led, async |(address, origin, addresses, answers)| {
        let led = (origin, &addresses, Answers::of(&[&answers])?);
        let came = nowhere(client, network, led).await?;
        // One that is alone is told why. Another's good endpoints do not answer here.
        let is_refused = match &came {
            Came::Refused => true,
            Came::Failure(code) => !client.is_alone || code == "OUT_OF_SCOPE",
            Came::Evidence { .. } => false,
        };
        assert!(is_refused, "{}, led to {address}: {came:?}", client.name());
        Ok(())
    })
    .await
}

/// Good when it is looked at, and something else when it is connected to.
async fn by_a_name_that_changes_its_mind(client: &Client, network: &Network) -> Result<()> {
    let public = PUBLIC.parse::<IpAddr>()?;
    together(ADDRESSES, async |(address, kind)| {
        let closed = closed(*kind);
        let addresses = closed.last().context("no rules")?;
        let answers = Answers::of(&[&[PUBLIC], &[*address]])?;
        let origin = "http://provider.example.com";
        client.led_to(origin, addresses.clone(), answers).await?;
        let contacted = network.contacted();
        let astray: Vec<_> = contacted.iter().filter(|it| **it != public).collect();
        assert!(astray.is_empty(), "{}: {astray:?}", client.name());
        Ok(())
    })
    .await
}

/// Many at once: some wait between two tries.
async fn together<T>(
    led: impl IntoIterator<Item = T>,
    go: impl AsyncFn(T) -> Result<()>,
) -> Result<()> {
    let going = stream::iter(led).map(|it| go(it));
    going.buffer_unordered(AT_ONCE).try_collect().await
}

async fn by_a_redirect(client: &Client, network: &Network) -> Result<()> {
    const LOCATIONS: [&str; 7] = [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "//10.0.0.1/",
        "http://93.184.216.35/",
    ];
    let origin = format!("http://{PUBLIC}");
    let public = [PUBLIC.parse::<IpAddr>()?];
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in LOCATIONS {
            network.answer(format!(
                "HTTP/1.1 {status}\r\nlocation: {location}\r\nrefresh: 0; url={location}\r\n\
                 link: <{location}>; rel=\"next\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            ));
            let came = client
                .led_to(&origin, everything(), Answers::of(&[])?)
                .await?;
            let name = client.name();
            assert_ne!(
                came,
                Came::Evidence { passed: true },
                "{name}, {status} to {location}"
            );
            let contacted = network.contacted();
            assert!(
                contacted.is_empty() || contacted == public,
                "{name}, {status} to {location}: {contacted:?}"
            );
        }
    }
    Ok(())
}

#[test]
fn there_are_more_than_sixty_and_each_is_there_once() {
    let mut origins: Vec<_> = targets::origins().map(|(origin, _)| origin).collect();
    let count = origins.len();
    origins.sort_unstable();
    origins.dedup();
    assert_eq!(origins.len(), count);
    assert!(count >= 60 && ADDRESSES.len() >= 60, "{count}");
}

/// A test for each collector: of every client that its sources have.
macro_rules! of_sources {
    ($($test:ident: $registry:expr,)*) => {
        $(#[test]
        fn $test() -> Result<()> {
            alone(stringify!($test), "", |network| none_is_led_astray($registry, network))
        })*
    };
}

of_sources! {
    clients_of_cicd: passport_cicd::registry(),
    clients_of_runtime: passport_runtime::registry(),
    clients_of_metrics: passport_metrics::registry(),
    clients_of_logs: passport_logs::registry(),
    clients_of_incidents: passport_incidents::registry(),
    clients_of_work_items: passport_work_items::registry(),
    clients_of_quality: passport_quality::registry(),
    clients_of_manual: passport_manual::registry(),
}
