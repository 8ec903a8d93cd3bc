//! The one exception to what is never allowed: where a cloud hands a machine its own credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::AddressPolicy;

/// Of a container's agent, of a pod's, and of a virtual machine's metadata.
const ADDRESSES: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

// === impl AddressPolicy: machines ===

impl AddressPolicy {
    /// One of the few addresses at which a machine is handed its own credentials, and nothing else: neither what
    /// is public nor what was allowed for others. For the client that asks for them, where the operator names
    /// it; `None`: the address is none of these.
    pub fn only_of_machine(address: IpAddr) -> Option<Self> {
        ADDRESSES.contains(&address).then(|| Self {
            only: Some(address),
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_permits_itself_and_nothing_else() {
        for own in ADDRESSES {
            let policy = AddressPolicy::only_of_machine(own).unwrap();
            assert_eq!(policy.permits(own), Ok(()));
            assert!(AddressPolicy::with_loopback().permits(own).is_err());
            let others = [
                "127.0.0.1",
                "::1",
                "8.8.8.8",
                "10.0.0.1",
                "169.254.1.1",
                "::ffff:169.254.169.254",
            ];
            let others = others.map(|it| it.parse().unwrap());
            for other in others.into_iter().chain(ADDRESSES).filter(|it| *it != own) {
                assert!(policy.permits(other).is_err(), "{own} {other}");
            }
        }
    }

    #[test]
    fn no_other_address_is_an_exception() {
        for other in [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "8.8.8.8",
        ] {
            assert_eq!(
                AddressPolicy::only_of_machine(other.parse().unwrap()),
                None,
                "{other}"
            );
        }
    }
}
