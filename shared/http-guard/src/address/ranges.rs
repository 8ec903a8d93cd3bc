//! What is not a public address, by range.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::Refused;

/// This machine.
pub(super) const LOOPBACK: [IpNet; 2] = [v4([127, 0, 0, 0], 8), v6([0, 0, 0, 0, 0, 0, 0, 1], 128)];

/// Ranges and their kinds; the first that holds an address counts, so the narrow ones stand first.
/// From the IANA special-purpose registries and the documents of the clouds.
const RANGES: &[(IpNet, Refused)] = &[
    // Metadata and instance credentials: AWS, Azure, Google and others share the first.
    (v4([169, 254, 169, 254], 32), Refused::Metadata),
    // AWS: task and pod credentials, and the instance services over IPv6.
    (v4([169, 254, 170, 2], 32), Refused::Metadata),
    (v4([169, 254, 170, 23], 32), Refused::Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32), Refused::Metadata),
    // Alibaba Cloud, in the carrier-grade range.
    (v4([100, 100, 100, 200], 32), Refused::Metadata),
    // Azure's host agent, in a public range.
    (v4([168, 63, 129, 16], 32), Refused::Metadata),
    // Oracle Cloud.
    (v4([192, 0, 0, 192], 32), Refused::Metadata),
    (
        v6([0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe], 128),
        Refused::Metadata,
    ),
    // Google Cloud over IPv6.
    (
        v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128),
        Refused::Metadata,
    ),
    // Scaleway over IPv6.
    (
        v6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128),
        Refused::Metadata,
    ),
    // IPv4.
    (v4([0, 0, 0, 0], 8), Refused::Unspecified),
    (v4([10, 0, 0, 0], 8), Refused::Private),
    (v4([100, 64, 0, 0], 10), Refused::CarrierGrade),
    (v4([127, 0, 0, 0], 8), Refused::Loopback),
    (v4([169, 254, 0, 0], 16), Refused::LinkLocal),
    (v4([172, 16, 0, 0], 12), Refused::Private),
    (v4([192, 0, 0, 0], 24), Refused::Reserved),
    (v4([192, 0, 2, 0], 24), Refused::Documentation),
    (v4([192, 88, 99, 0], 24), Refused::Reserved),
    (v4([192, 168, 0, 0], 16), Refused::Private),
    (v4([198, 18, 0, 0], 15), Refused::Reserved),
    (v4([198, 51, 100, 0], 24), Refused::Documentation),
    (v4([203, 0, 113, 0], 24), Refused::Documentation),
    (v4([224, 0, 0, 0], 4), Refused::Multicast),
    (v4([240, 0, 0, 0], 4), Refused::Reserved),
    // IPv6.
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), Refused::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Refused::Loopback),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Refused::Reserved),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        Refused::Documentation,
    ),
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        Refused::Documentation,
    ),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Refused::UniqueLocal),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), Refused::LinkLocal),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), Refused::Private),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Refused::Multicast),
];

/// The only part of IPv6 that is given out for hosts on the internet.
const GLOBAL_UNICAST: IpNet = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// What kind of address this is; `None` for a public one.
pub(super) fn kind_of(address: IpAddr) -> Option<Refused> {
    let listed = RANGES
        .iter()
        .find(|(net, _)| net.contains(&address))
        .map(|(_, kind)| *kind);
    let unassigned = || address.is_ipv6() && !GLOBAL_UNICAST.contains(&address);
    listed.or_else(|| unassigned().then_some(Refused::Reserved))
}

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> IpNet {
    IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), length)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], length: u8) -> IpNet {
    IpNet::new_assert(IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), length)
}
