//! Connections of other protocols go where they may, and nowhere else.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::{
    AddressPolicy, DialOptions, DialTarget, EndpointProblem, GuardedDial, Refused, Resolve,
    SendError, TlsOptions,
};

/// Gives each question the next answer, the last one again and again.
#[derive(Debug)]
struct Answers(Vec<Vec<IpAddr>>, AtomicUsize);

impl Resolve for Answers {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let asked = self.1.fetch_add(1, Ordering::SeqCst);
        let answer = self.0.get(asked).or(self.0.last());
        let answer = answer
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into());
        std::future::ready(answer).boxed()
    }
}

fn options(addresses: AddressPolicy, answers: &[&[&str]]) -> DialOptions {
    let parse = |it: &&[&str]| it.iter().map(|each| each.parse().unwrap()).collect();
    DialOptions {
        connect_timeout: Duration::from_secs(2),
        addresses,
        tls: None,
        resolver: Arc::new(Answers(
            answers.iter().map(parse).collect(),
            AtomicUsize::new(0),
        )),
    }
}

fn everything() -> AddressPolicy {
    let nets = ["0.0.0.0/0", "::/0"];
    AddressPolicy::allowing(nets.iter().filter_map(|it| it.parse().ok()))
}

fn target(text: &str, addresses: &AddressPolicy) -> Result<DialTarget, EndpointProblem> {
    DialTarget::parse(text, 587, addresses)
}

#[test]
fn hosts_and_ports_are_read_and_other_spellings_refused() {
    let all = everything();
    for (text, shown) in [
        ("mail.example.com", "587"),
        ("mail.example.com/", "587"),
        ("mail.example.com:", "587"),
        ("mail.example.com:443", "443"),
        ("127.0.0.1:25", "25"),
        ("[::1]", "587"),
        ("[::1]:25", "25"),
    ] {
        let target = target(text, &all).unwrap();
        assert!(
            format!("{target:?}").ends_with(&format!("port: {shown} }}")),
            "{target:?}"
        );
    }
    for (text, problem) in [
        ("", EndpointProblem::NotAUrl),
        ("/", EndpointProblem::NotAUrl),
        ("mail.example.com:0", EndpointProblem::PortZero),
        ("mail.example.com:99999", EndpointProblem::NotAUrl),
        ("mail.example.com/inbox", EndpointProblem::Path),
        ("mail.example.com//", EndpointProblem::Path),
        ("mail.example.com?a", EndpointProblem::Query),
        ("mail.example.com#a", EndpointProblem::Fragment),
        ("user:secret@mail.example.com", EndpointProblem::Userinfo),
        ("@mail.example.com", EndpointProblem::Userinfo),
        ("mail\t.example.com", EndpointProblem::NotAUrl),
        ("mail.example.com\\x", EndpointProblem::NotAUrl),
        ("2130706433", EndpointProblem::Spelling),
        ("0x7f000001", EndpointProblem::Spelling),
        ("0177.0.0.1", EndpointProblem::Spelling),
        ("127.1:25", EndpointProblem::Spelling),
        ("１２７.0.0.1", EndpointProblem::Spelling),
        ("127.0.0.1.", EndpointProblem::Spelling),
        ("[fe80::1%25lo]", EndpointProblem::NotAUrl),
    ] {
        assert_eq!(target(text, &all), Err(problem), "{text}");
    }
}

#[test]
fn an_address_that_is_written_out_is_judged() {
    for text in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST.",
    ] {
        let refused = target(text, &AddressPolicy::public_only());
        let wanted = EndpointProblem::Address(Refused::Loopback);
        assert_eq!(refused, Err(wanted), "{text}");
        let local = target(text, &AddressPolicy::with_loopback()).unwrap();
        assert!(local.is_local(), "{text}");
    }
    for text in [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
    ] {
        let refused = target(text, &everything());
        assert!(
            matches!(refused, Err(EndpointProblem::Address(_))),
            "{text}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_name_leads_nowhere_if_any_of_its_addresses_is_closed() {
    for answers in [
        &["169.254.169.254"][..],
        &["127.0.0.1", "169.254.169.254"],
        &["::ffff:a9fe:a9fe"],
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let text = format!("mail.example.com:{port}");
        let target = target(&text, &everything()).unwrap();
        let dial = GuardedDial::new(target, options(everything(), &[answers])).unwrap();
        let refused = dial.connect().await.err();
        assert!(
            matches!(refused, Some(SendError::Refused(_))),
            "{answers:?}: {refused:?}"
        );
        assert!(listener.accept().now_or_never().is_none());
    }
}

/// The name is asked for once for each connection, and what is judged is what is connected to.
#[tokio::test]
async fn a_name_that_changes_its_mind_is_judged_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let loopback = AddressPolicy::with_loopback();
    let target = target(&format!("mail.example.com:{port}"), &loopback).unwrap();
    let options = options(loopback, &[&["127.0.0.1"], &["10.0.0.1"], &["127.0.0.1"]]);
    let dial = GuardedDial::new(target, options).unwrap();
    assert!(dial.connect().await.is_ok());
    assert!(matches!(
        dial.connect().await.err(),
        Some(SendError::Refused(Refused::Private))
    ));
    assert!(dial.connect().await.is_ok());
}

#[tokio::test]
async fn a_server_that_proves_nothing_is_not_talked_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let loopback = AddressPolicy::with_loopback();
    let target = target(&format!("127.0.0.1:{port}"), &loopback).unwrap();
    let issuer = rcgen::generate_simple_self_signed(["other.example.com".to_owned()]).unwrap();
    let options = DialOptions {
        tls: Some(TlsOptions {
            ca_pem: Some(issuer.cert.pem().into_bytes()),
            ..TlsOptions::default()
        }),
        ..options(loopback, &[])
    };
    let dial = GuardedDial::new(target, options).unwrap();
    let plain = dial.connect().await.unwrap();
    let (mut seen, _) = listener.accept().await.unwrap();
    let answers = tokio::spawn(async move {
        let mut hello = [0; 16];
        let length = seen.read(&mut hello).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut seen, b"220 plain\r\n")
            .await
            .unwrap();
        length
    });
    let refused = dial.secure(plain).await.err();
    assert!(
        matches!(refused, Some(SendError::Unreachable(_))),
        "{refused:?}"
    );
    assert!(answers.await.unwrap() > 0);
}
