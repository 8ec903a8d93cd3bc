//! IPv4 addresses inside IPv6 addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that `address` stands for: itself, or the IPv4 addresses that it carries.
pub(super) fn judged_as(address: IpAddr) -> Vec<IpAddr> {
    let carried = match address {
        IpAddr::V4(_) => Vec::new(),
        IpAddr::V6(v6) => carried_by(v6),
    };
    if carried.is_empty() {
        return vec![address];
    }
    carried.into_iter().map(IpAddr::V4).collect()
}

fn carried_by(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    match [a, b, c, d, e, f] {
        // :: and ::1 are addresses of their own.
        [0, 0, 0, 0, 0, 0] if g == 0 && h <= 1 => Vec::new(),
        // IPv4-compatible, IPv4-mapped, IPv4-translated, NAT64 with the well-known prefix.
        [0, 0, 0, 0, 0, 0 | 0xffff] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            vec![joined(g, h)]
        }
        [0x64, 0xff9b, 1, ..] => carried_by_local_nat64(address),
        // 6to4: the relay that the packet goes to.
        [0x2002, high, low, ..] => vec![joined(high, low)],
        // Teredo: the server, and the client, whose bits are inverted.
        [0x2001, 0, high, low, ..] => vec![joined(high, low), joined(!g, !h)],
        _ => Vec::new(),
    }
}

/// `64:ff9b:1::/48` is cut into prefixes as each network likes (RFC 8215), so all four places where
/// RFC 6052 may put the IPv4 address are looked at. A place that begins with a zero octet is
/// padding, unless all of them are.
fn carried_by_local_nat64(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let [_, _, _, _, _, _, i, j, _, k, l, m, n, o, p, q] = address.octets();
    let places = [[i, j, k, l], [j, k, l, m], [k, l, m, n], [n, o, p, q]];
    let carried: Vec<_> = places
        .into_iter()
        .filter(|[first, ..]| *first != 0)
        .map(Ipv4Addr::from)
        .collect();
    if carried.is_empty() {
        vec![Ipv4Addr::UNSPECIFIED]
    } else {
        carried
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}
