use proptest::prelude::*;

use super::*;
use crate::tls::tests::authority::Authority;

const BOT: &str = "spiffe://acme.example/bot";

fn peer(identities: &[&str]) -> Peer {
    Peer::of(&Authority::new().issue(identities).der()).unwrap()
}

fn identity(text: &str) -> PeerIdentity {
    PeerIdentity::try_from(text.to_owned()).unwrap()
}

#[test]
fn a_name_counts_in_its_own_kind_only() {
    assert!(peer(&[BOT]).is(&identity(BOT)));
    assert!(peer(&["dns:bot.acme.example"]).is(&identity("dns:bot.acme.example")));
    // A URI may say `dns:` as well.
    let uri = Peer {
        uris: vec!["dns:bot.acme.example".to_owned()],
        ..peer(&[])
    };
    assert!(!uri.is(&identity("dns:bot.acme.example")));
    let dns = Peer {
        dns: vec![BOT.to_owned()],
        ..peer(&[])
    };
    assert!(!dns.is(&identity(BOT)));
}

#[test]
fn one_of_several_names_of_a_host_is_enough_but_two_uris_are_no_spiffe_id() {
    let both = peer(&["dns:bot.acme.example", "dns:bot", BOT]);
    assert!(both.is(&identity("dns:bot")));
    assert!(both.is(&identity(BOT)));
    let two = peer(&[BOT, "spiffe://acme.example/other"]);
    assert!(!two.is(&identity(BOT)));
}

#[test]
fn a_name_that_stands_twice_is_none() {
    let twice = peer(&["dns:bot.acme.example", "dns:bot.acme.example"]);
    assert!(!twice.is(&identity("dns:bot.acme.example")));
}

#[test]
fn a_wildcard_stands_for_nobody() {
    let wildcard = peer(&["dns:*.acme.example"]);
    assert!(!wildcard.is(&identity("dns:bot.acme.example")));
    assert!(!wildcard.is(&identity("dns:acme.example")));
}

#[test]
fn what_is_written_down_is_one_short_line() {
    let odd = Peer {
        uris: vec![format!("spiffe://a/b\n{}", "c".repeat(999))],
        ..peer(&[])
    };
    let said = odd.to_string();
    assert!(said.len() <= 256 && !said.contains('\n'), "{said}");
    assert_eq!(peer(&[]).to_string(), "nobody");
    assert_eq!(
        peer(&[BOT, "dns:bot"]).to_string(),
        format!("{BOT} dns:bot")
    );
}

#[test]
fn what_is_no_certificate_is_unreadable() {
    assert!(Peer::of(&CertificateDer::from(vec![0x30, 0x00])).is_err());
}

fn identities() -> impl Strategy<Value = String> {
    prop_oneof![
        "spiffe://[a-c.]{1,3}/[a-cA-C]{1,2}(/[a-c]{1,2})?",
        "dns:[a-c]{1,2}(\\.[a-c]{1,2}){0,2}",
    ]
}

fn near(text: &str) -> Vec<String> {
    let mut near = vec![
        text.to_uppercase(),
        format!("{text}."),
        format!("{text}/"),
        format!("{text}x"),
        format!(" {text}"),
        text.chars().take(text.len() - 1).collect(),
    ];
    if let Some((scheme, rest)) = text.split_once(':') {
        near.push(format!("{scheme}:*{rest}"));
        near.push(format!("{scheme}:x.{rest}"));
        near.push(rest.to_owned());
    }
    near.retain(|it| it != text);
    near
}

fn with(names: &[String]) -> Peer {
    let (dns, uris) = names.iter().cloned().partition(|it| it.starts_with("dns:"));
    let bare = |it: String| it.replacen("dns:", "", 1);
    let dns: Vec<String> = dns;
    Peer {
        uris,
        dns: dns.into_iter().map(bare).collect(),
        not_after: DateTime::UNIX_EPOCH,
    }
}

proptest! {
    #[test]
    fn identities_are_compared_byte_by_byte(wanted in identities(), shown in identities()) {
        let Ok(wanted) = PeerIdentity::try_from(wanted) else { return Ok(()) };
        let is = with(std::slice::from_ref(&shown)).is(&wanted);
        prop_assert_eq!(is, shown == wanted.as_str());
    }

    #[test]
    fn nothing_that_is_only_near_is_the_same(wanted in identities()) {
        let Ok(wanted) = PeerIdentity::try_from(wanted) else { return Ok(()) };
        for shown in near(wanted.as_str()) {
            prop_assert!(!with(std::slice::from_ref(&shown)).is(&wanted), "{}", shown);
        }
    }
}
