use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;

use super::{AddressPolicy, Refused};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn everything_allowed() -> AddressPolicy {
    AddressPolicy::allowing(["0.0.0.0/0", "::/0"].map(|net| net.parse::<IpNet>().unwrap()))
}

/// The IPv6 addresses that carry `inner`, by the name of their form.
fn carriers(inner: Ipv4Addr) -> Vec<(&'static str, Ipv6Addr)> {
    let [a, b, c, d] = inner.octets();
    let high = u16::from_be_bytes([a, b]);
    let low = u16::from_be_bytes([c, d]);
    let server = [0x0808, 0x0808];
    let local48 = [0, 0x64, 0xff, 0x9b, 0, 1, a, b, 0, c, d, 0, 0, 0, 0, 0];
    let local56 = [0, 0x64, 0xff, 0x9b, 0, 1, 0, a, 0, b, c, d, 0, 0, 0, 0];
    let local64 = [0, 0x64, 0xff, 0x9b, 0, 1, 0, 0, 0, a, b, c, d, 0, 0, 0];
    vec![
        ("compatible", Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low)),
        ("mapped", inner.to_ipv6_mapped()),
        (
            "translated",
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
        ),
        ("NAT64", Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
        (
            "local NAT64, /96",
            Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
        ),
        ("local NAT64, /64", Ipv6Addr::from(local64)),
        ("local NAT64, /56", Ipv6Addr::from(local56)),
        ("local NAT64, /48", Ipv6Addr::from(local48)),
        ("6to4", Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)),
        (
            "Teredo server",
            Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !server[0], !server[1]),
        ),
        (
            "Teredo client",
            Ipv6Addr::new(0x2001, 0, server[0], server[1], 0, 0, !high, !low),
        ),
    ]
}

#[test]
fn addresses_are_told_apart() {
    let table = [
        ("0.0.0.0", Refused::Unspecified),
        ("0.1.2.3", Refused::Unspecified),
        ("10.0.0.1", Refused::Private),
        ("100.64.0.1", Refused::CarrierGrade),
        ("100.100.100.200", Refused::Metadata),
        ("127.0.0.1", Refused::Loopback),
        ("127.255.255.254", Refused::Loopback),
        ("168.63.129.16", Refused::Metadata),
        ("169.254.0.1", Refused::LinkLocal),
        ("169.254.169.254", Refused::Metadata),
        ("169.254.170.2", Refused::Metadata),
        ("172.16.0.1", Refused::Private),
        ("172.31.255.255", Refused::Private),
        ("192.0.0.1", Refused::Reserved),
        ("192.0.0.192", Refused::Metadata),
        ("192.0.2.1", Refused::Documentation),
        ("192.168.1.1", Refused::Private),
        ("198.18.0.1", Refused::Reserved),
        ("224.0.0.1", Refused::Multicast),
        ("240.0.0.1", Refused::Reserved),
        ("255.255.255.255", Refused::Reserved),
        ("::", Refused::Unspecified),
        ("::1", Refused::Loopback),
        ("100::1", Refused::Reserved),
        ("2001:db8::1", Refused::Documentation),
        ("2001:10::1", Refused::Reserved),
        ("3fff::1", Refused::Documentation),
        ("4000::1", Refused::Reserved),
        ("fc00::1", Refused::UniqueLocal),
        ("fd00:ec2::254", Refused::Metadata),
        ("fd00:ec2::23", Refused::Metadata),
        ("fd20:ce::254", Refused::Metadata),
        ("fe80::1", Refused::LinkLocal),
        ("fec0::1", Refused::Private),
        ("ff02::1", Refused::Multicast),
    ];
    for (text, kind) in table {
        assert_eq!(
            AddressPolicy::public_only().permits(address(text)),
            Err(kind),
            "{text}"
        );
    }
}

#[test]
fn public_addresses_are_permitted() {
    for text in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "64:ff9b:1::808:808",
    ] {
        assert_eq!(
            AddressPolicy::public_only().permits(address(text)),
            Ok(()),
            "{text}"
        );
    }
}

#[test]
fn an_allowed_network_opens_itself_and_no_other() {
    let policy = AddressPolicy::allowing(["10.1.0.0/16".parse().unwrap()]);
    assert_eq!(policy.permits(address("10.1.2.3")), Ok(()));
    assert_eq!(policy.permits(address("::ffff:10.1.2.3")), Ok(()));
    assert_eq!(policy.permits(address("10.2.0.1")), Err(Refused::Private));
    assert_eq!(policy.permits(address("127.0.0.1")), Err(Refused::Loopback));
}

#[test]
fn loopback_is_permitted_where_it_is_asked_for() {
    let policy = AddressPolicy::with_loopback();
    assert_eq!(policy.permits(address("127.0.0.1")), Ok(()));
    assert_eq!(policy.permits(address("::1")), Ok(()));
    assert_eq!(policy.permits(address("10.0.0.1")), Err(Refused::Private));
}

#[test]
fn both_addresses_of_teredo_are_judged() {
    for (form, carrier) in carriers(Ipv4Addr::new(10, 0, 0, 1))
        .into_iter()
        .rev()
        .take(2)
    {
        let verdict = AddressPolicy::public_only().permits(carrier.into());
        assert_eq!(verdict, Err(Refused::Private), "{form}");
    }
}

proptest! {
    #[test]
    fn what_the_standard_library_calls_special_is_never_public(bits: u32) {
        let inner = Ipv4Addr::from(bits);
        let special = inner.is_private() || inner.is_loopback() || inner.is_link_local()
            || inner.is_multicast() || inner.is_broadcast() || inner.is_documentation()
            || inner.is_unspecified();
        let verdict = AddressPolicy::public_only().permits(inner.into());
        prop_assert!(!special || verdict.is_err());
    }

    #[test]
    fn no_ipv6_form_permits_what_its_ipv4_address_is_refused(bits: u32, prefix in 0_usize..12) {
        // Most addresses are public: start many of them like one that is not.
        let starts = [10, 127, 169, 172, 192, 224, 100, 0, 168, 198, 240, 8];
        let [_, b, c, d] = bits.to_be_bytes();
        let b = if starts[prefix] == 169 { 254 } else { b };
        let inner = Ipv4Addr::new(starts[prefix], b, c, d);
        let policy = AddressPolicy::public_only();
        prop_assume!(policy.permits(inner.into()).is_err());
        for (form, carrier) in carriers(inner) {
            // There a zero octet first cannot be told from padding; no such address is routed.
            if form.starts_with("local") && starts[prefix] == 0 {
                continue;
            }
            prop_assert!(policy.permits(carrier.into()).is_err(), "{form}: {carrier}");
        }
    }

    #[test]
    fn no_allowance_opens_what_is_never_allowed(last: u16, form in 0_usize..11) {
        let [c, d] = last.to_be_bytes();
        let policy = everything_allowed();
        for inner in [
            Ipv4Addr::new(169, 254, c, d),
            Ipv4Addr::new(169, 254, 169, 254),
            Ipv4Addr::new(100, 100, 100, 200),
            Ipv4Addr::new(239, 1, c, d),
        ] {
            let (name, carrier) = carriers(inner)[form];
            prop_assert!(policy.permits(inner.into()).is_err(), "{inner}");
            prop_assert!(policy.permits(carrier.into()).is_err(), "{name}: {carrier}");
        }
        for outer in [[0xfe80, 0], [0xff02, 0], [0xfd00, 0xec2]] {
            let v6 = Ipv6Addr::new(outer[0], outer[1], 0, 0, 0, 0, 0, last);
            prop_assert!(policy.permits(v6.into()).is_err(), "{v6}");
        }
    }

    #[test]
    fn public_addresses_stay_public_in_the_usual_ipv6_forms(bits: u32) {
        let inner = Ipv4Addr::from(bits);
        let policy = AddressPolicy::public_only();
        prop_assume!(policy.permits(inner.into()).is_ok());
        for (form, carrier) in carriers(inner).into_iter().filter(|(form, _)| !form.contains("local")) {
            prop_assert_eq!(policy.permits(carrier.into()), Ok(()), "{}: {}", form, carrier);
        }
    }
}

#[test]
fn what_a_source_allows_narrows_what_the_operator_allowed() {
    let net = |text: &str| text.parse::<IpNet>().unwrap();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let policy = AddressPolicy::allowing([net("10.0.0.0/8")]);
    let policy = policy.narrowed_to([net("10.20.0.0/16"), net("192.168.0.0/16")]);
    assert_eq!(policy.permits(address("10.20.0.1")), Ok(()));
    assert_eq!(policy.permits(address("8.8.8.8")), Ok(()));
    for refused in ["10.21.0.1", "192.168.0.1"] {
        assert_eq!(
            policy.permits(address(refused)),
            Err(Refused::Private),
            "{refused}"
        );
    }
    let nothing = AddressPolicy::with_loopback().narrowed_to([]);
    assert_eq!(
        nothing.permits(address("127.0.0.1")),
        Err(Refused::Loopback)
    );
}
