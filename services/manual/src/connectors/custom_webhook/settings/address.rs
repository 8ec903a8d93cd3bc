//! Whether an endpoint that a customer names is written as what it is. What its name leads to is
//! judged when it is called.

use std::net::IpAddr;

use passport_connector_sdk::{Builder, provider::AddressPolicy};
use url::{Host, Url};

/// Endings of names that belong to one network.
const LOCAL: [&str; 4] = [".local", ".internal", ".localhost", ".home.arpa"];

/// Checks the address of an endpoint beyond what every endpoint is checked for.
pub fn check(text: &str, builder: &mut Builder<'_>) -> bool {
    let Ok(url) = Url::parse(text) else {
        // Told by the client's own check.
        return true;
    };
    let flaw = host_flaw(&url, text).or_else(|| port_flaw(&url));
    if let Some((reason, fix)) = flaw {
        builder.problem("endpoint", reason, fix);
    }
    flaw.is_none()
}

type Flaw = (&'static str, &'static str);

fn host_flaw(url: &Url, text: &str) -> Option<Flaw> {
    let shown = url.host_str().unwrap_or_default();
    // A number, an octal or wide digits are read as an address that does not stand there.
    if !written_host(text).eq_ignore_ascii_case(shown) {
        let fix = "write the name in ASCII, or the address in its usual form";
        return Some((
            "the endpoint's host is another one than it is written as",
            fix,
        ));
    }
    match url.host() {
        Some(Host::Ipv6(address)) if embeds(address) => {
            let fix = "write the IPv4 address itself";
            Some(("the endpoint hides an IPv4 address in an IPv6 one", fix))
        }
        Some(Host::Domain(name)) if !is_public_name(name) => {
            let fix = "write the full public name, such as health.example.com";
            Some(("the endpoint's name is of one network or machine only", fix))
        }
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | None => None,
    }
}

/// The host as it is written, before it is read as one.
fn written_host(text: &str) -> &str {
    let (_, rest) = text.split_once("://").unwrap_or(("", text));
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.split_once(']') {
        Some((address, _)) => host.get(..=address.len()).unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_public_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains('.') && !name.ends_with('.') && !LOCAL.iter().any(|it| name.ends_with(it))
}

/// Mapped, compatible, NAT64, 6to4 and Teredo addresses.
fn embeds(address: std::net::Ipv6Addr) -> bool {
    let [first, second, third, fourth, fifth, sixth, ..] = address.segments();
    let is_low = [first, second, third, fourth, fifth] == [0; 5];
    let is_short = matches!(address.to_ipv4(), Some(it) if it.octets() != [0, 0, 0, 1]);
    (is_low && (sixth == 0xffff || (sixth == 0 && is_short)))
        || [first, second] == [0x64, 0xff9b]
        || first == 0x2002
        || [first, second] == [0x2001, 0]
}

/// The scheme's own port, or any of an address that only the operator can have opened.
fn port_flaw(url: &Url) -> Option<Flaw> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    let is_opened = address.is_some_and(|it| AddressPolicy::public_only().permits(it).is_err());
    let reason = "the endpoint names a port that is not allowed";
    let fix = "serve it on the usual port of its scheme";
    (url.port().is_some() && !is_opened).then_some((reason, fix))
}
