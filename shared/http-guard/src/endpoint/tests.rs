use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::{Endpoint, EndpointProblem, EndpointRules, UnsafeSegment};
use crate::address::{AddressPolicy, Refused};

fn strict(text: &str) -> Result<Endpoint, EndpointProblem> {
    let addresses = AddressPolicy::public_only();
    Endpoint::parse(
        text,
        EndpointRules {
            allow_plain_http: false,
            addresses: &addresses,
        },
    )
}

fn local(text: &str) -> Result<Endpoint, EndpointProblem> {
    let addresses = AddressPolicy::with_loopback();
    Endpoint::parse(
        text,
        EndpointRules {
            allow_plain_http: false,
            addresses: &addresses,
        },
    )
}

fn endpoint(text: &str) -> Endpoint {
    strict(text).unwrap()
}

#[test]
fn what_is_wrong_with_an_endpoint_is_told() {
    let table = [
        ("", EndpointProblem::NotAUrl),
        ("prometheus", EndpointProblem::NotAUrl),
        ("https://h.example/a b", EndpointProblem::NotAUrl),
        ("https://h.exa\tmple/", EndpointProblem::NotAUrl),
        ("https://[fe80::1%25eth0]/", EndpointProblem::NotAUrl),
        ("https://h.example:99999/", EndpointProblem::NotAUrl),
        ("https://", EndpointProblem::NoHost),
        ("localhost:9090", EndpointProblem::NoHost),
        ("file:///etc/passwd", EndpointProblem::NoHost),
        ("ftp://h.example/", EndpointProblem::Scheme),
        ("http://h.example/", EndpointProblem::PlainHttp),
        ("http://1.1.1.1/", EndpointProblem::PlainHttp),
        ("http://localhost.h.example/", EndpointProblem::PlainHttp),
        ("https://user@h.example/", EndpointProblem::Userinfo),
        ("https://:word@h.example/", EndpointProblem::Userinfo),
        ("https://h.example/?", EndpointProblem::Query),
        ("https://h.example/?token=word", EndpointProblem::Query),
        ("https://h.example/#", EndpointProblem::Fragment),
        ("https://h.example:0/", EndpointProblem::PortZero),
        (
            "https://10.0.0.1/",
            EndpointProblem::Address(Refused::Private),
        ),
        (
            "https://169.254.169.254/",
            EndpointProblem::Address(Refused::Metadata),
        ),
        (
            "https://localhost/",
            EndpointProblem::Address(Refused::Loopback),
        ),
        (
            "http://LOCALHOST./",
            EndpointProblem::Address(Refused::Loopback),
        ),
    ];
    for (text, problem) in table {
        assert_eq!(strict(text), Err(problem), "{text}");
        assert!(!problem.fix().is_empty());
    }
}

#[test]
fn plain_http_is_accepted_on_loopback_alone() {
    for text in [
        "http://localhost:9090",
        "http://127.0.0.1",
        "http://[::1]:1",
        "http://0x7f.1/",
    ] {
        assert!(local(text).is_ok(), "{text}");
    }
    assert_eq!(local("http://h.example"), Err(EndpointProblem::PlainHttp));
}

#[test]
fn plain_http_elsewhere_wants_to_be_allowed() {
    let addresses = AddressPolicy::public_only();
    let rules = EndpointRules {
        allow_plain_http: true,
        addresses: &addresses,
    };
    assert!(Endpoint::parse("http://h.example", rules).is_ok());
    assert_eq!(
        Endpoint::parse("ftp://h.example", rules),
        Err(EndpointProblem::Scheme)
    );
}

#[test]
fn one_allowed_loopback_address_is_enough_for_localhost() {
    let addresses = AddressPolicy::allowing(["127.0.0.1/32".parse().unwrap()]);
    let rules = EndpointRules {
        allow_plain_http: false,
        addresses: &addresses,
    };
    assert!(Endpoint::parse("http://localhost", rules).is_ok());
}

#[test]
fn an_endpoint_is_shown_as_its_origin() {
    let endpoint = endpoint("https://Hooks.Example:443/services/T0/word");
    assert_eq!(endpoint.origin(), "https://hooks.example");
    assert_eq!(endpoint.to_string(), "https://hooks.example");
    assert_eq!(format!("{endpoint:?}"), "Endpoint(https://hooks.example)");
}

#[test]
fn a_problem_repeats_nothing_that_was_written() {
    for text in [
        "https://me:hunter2@h.example/",
        "https://h.example/?key=hunter2",
        "https://h.example/#hunter2",
    ] {
        let problem = strict(text).unwrap_err();
        assert!(!format!("{problem} {problem:?} {}", problem.fix()).contains("hunter2"));
    }
}

#[test]
fn segments_are_appended_to_the_context_path() {
    let table = [
        (
            "https://h.example",
            &["api", "v1"][..],
            "https://h.example/api/v1",
        ),
        ("https://h.example/", &["api"], "https://h.example/api"),
        (
            "https://h.example/prefix",
            &["api"],
            "https://h.example/prefix/api",
        ),
        (
            "https://h.example/prefix/",
            &["api"],
            "https://h.example/prefix/api",
        ),
        ("https://h.example/prefix", &[], "https://h.example/prefix"),
        (
            "https://h.example",
            &["a/b?c#d"],
            "https://h.example/a%2Fb%3Fc%23d",
        ),
        (
            "https://h.example",
            &["%2e%2e", "\\x"],
            "https://h.example/%252e%252e/%5Cx",
        ),
        (
            "https://h.example",
            &["//evil.example"],
            "https://h.example/%2F%2Fevil.example",
        ),
    ];
    for (base, segments, url) in table {
        assert_eq!(endpoint(base).url(segments).unwrap().as_str(), url);
    }
}

#[test]
fn a_segment_that_leads_up_the_path_is_refused() {
    for segment in [
        "", ".", "..", "../x", "a/..", "a/../b", "..\\x", "..;x", ".\t.", ".\n.", "a\0",
    ] {
        let refused = endpoint("https://h.example/p").url(&["a", segment]);
        assert_eq!(refused, Err(UnsafeSegment), "{segment:?}");
    }
}

#[test]
fn a_link_is_followed_below_the_endpoint_alone() {
    let endpoint = endpoint("https://h.example/p");
    for (link, url) in [
        (
            "https://h.example/p/x?page=2",
            "https://h.example/p/x?page=2",
        ),
        (
            "https://H.example:443/p/x%2Fy#part",
            "https://h.example/p/x%2Fy",
        ),
        ("/p/x", "https://h.example/p/x"),
        ("?cursor=a%26b", "https://h.example/p?cursor=a%26b"),
    ] {
        let followed = endpoint
            .same_origin(link)
            .map(|link| link.below(endpoint.base()));
        assert_eq!(followed.unwrap().as_str(), url, "{link}");
    }
    for link in [
        "https://evil.example/p/x",
        "//evil.example/p/x",
        "\\\\evil.example/p/x",
        "http://h.example/p/x",
        "https://h.example:8443/p/x",
        "https://me@h.example/p/x",
        "https://h.example/other",
        "https://h.example/prefix",
        "https://h.example/p/../other",
        "https://h.example/p/%2e%2e/other",
        "https://h.example/p/..%2fother",
        "https://h.example/p/x%5C..%5Cother",
        "javascript:alert(1)",
        "https://h.example/p/a\nb",
    ] {
        assert_eq!(endpoint.same_origin(link), None, "{link}");
    }
}

#[test]
fn a_link_does_not_show_its_cursor() {
    let link = endpoint("https://h.example")
        .same_origin("/x?cursor=word")
        .unwrap();
    assert_eq!(format!("{link:?}"), "Link");
}

/// Ways in which people and attackers write an IPv4 address as a host.
fn spellings(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let number = u32::from(address);
    let escaped = address.to_string().replace('1', "%31").replace('.', "%2e");
    let wide = address
        .to_string()
        .replace('2', "\u{ff12}")
        .replace('.', "\u{3002}");
    let (high, low) = (number >> 16, number & 0xffff);
    vec![
        address.to_string(),
        format!("{address}."),
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0{number:o}"),
        format!("0X{a:X}.0x{b:x}.{c}.0{d:o}"),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("{a}.{b}.{low}"),
        escaped,
        wide,
        format!("[::ffff:{address}]"),
        format!("[::{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:FFFF:{high:x}:{low:x}]"),
        format!("[64:ff9b::{address}]"),
        format!("[64:ff9b:1::{address}]"),
        format!("[2002:{high:x}:{low:x}::]"),
    ]
}

proptest! {
    #[test]
    fn no_spelling_of_a_forbidden_address_is_accepted(tail: [u8; 3], range in 0_usize..6) {
        let [b, c, d] = tail;
        let address = [
            Ipv4Addr::new(10, b, c, d),
            Ipv4Addr::new(127, b, c, d),
            Ipv4Addr::new(169, 254, c, d),
            Ipv4Addr::new(169, 254, 169, 254),
            Ipv4Addr::new(192, 168, c, d),
            Ipv4Addr::new(100, 100, 100, 200),
        ][range];
        for host in spellings(address) {
            let refused = strict(&format!("https://{host}/"));
            prop_assert!(matches!(refused, Err(EndpointProblem::Address(_))), "{host}: {refused:?}");
        }
    }

    #[test]
    fn no_segments_leave_the_context_path(segments: Vec<String>) {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let Ok(url) = endpoint("https://h.example/p").url(&segments) {
            prop_assert!(url.as_str().starts_with("https://h.example/p"));
            prop_assert_eq!(url.path().split('/').count(), 2 + segments.len());
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }

    #[test]
    fn no_link_leaves_the_context_path(link in "[a-z./\\\\%?#:@2ef]{0,24}") {
        let endpoint = endpoint("https://h.example/p");
        if let Some(link) = endpoint.same_origin(&link) {
            let url = link.below(endpoint.base());
            prop_assert!(url.as_str().starts_with("https://h.example/p"));
        }
    }
}
