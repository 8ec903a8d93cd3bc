//! What goes over the wire, and how often.

use std::time::{Duration, Instant};

use passport_connector_sdk::server::Sent;
use passport_evidence::{FailureCode, Outcome, Status};
use passport_testkit::{
    mail::{DATA, MailServer, Said, Stages},
    scenario::Trial,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::bench::{PASSWORD, RECIPIENT, source, trial};

const LONG: Duration = Duration::from_secs(10);
const THREE: [&str; 3] = [RECIPIENT, "ops@example.net", "qa@example.org"];

async fn server(stages: &[(&str, &[&str])]) -> MailServer {
    let said = |texts: &&[&str]| Said::InTurn(texts.iter().map(|it| (*it).to_owned()).collect());
    let stages = stages
        .iter()
        .map(|(stage, texts)| ((*stage).to_owned(), said(texts)));
    MailServer::start(stages.collect::<Stages>()).await.unwrap()
}

fn code(sent: Option<Sent>) -> Option<FailureCode> {
    match sent? {
        Sent::Not(failure) => Some(failure.code),
        Sent::Now | Sent::Before | Sent::Nothing => None,
    }
}

/// The lines of a message's head that begin so.
fn headers<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    head.lines().filter(|it| it.starts_with(name)).collect()
}

async fn passed(trial: &Trial, fact: &str) -> usize {
    let Outcome::Evidence(evidence) = trial.collect().await.unwrap() else {
        return 0;
    };
    let facts = evidence.facts().iter();
    let is_meant = |it: &&passport_evidence::Fact| it.name().as_str() == fact;
    facts
        .filter(is_meant)
        .filter(|it| it.status() == Status::Passed)
        .count()
}

#[tokio::test]
async fn each_recipient_gets_one_message_of_its_own() {
    let server = server(&[]).await;
    let mut source = source(&server.address());
    source["scope"]["recipients"] = json!(THREE);
    let trial = trial(source, "2.14.0", LONG);
    assert_eq!(trial.notify().await, Some(Sent::Now));
    assert_eq!(trial.notify().await, Some(Sent::Before));
    assert_eq!(passed(&trial, "notification_accepted").await, 3);
    let messages = server.messages();
    assert_eq!((messages.len(), server.connections()), (3, 1));
    for (message, to) in messages.iter().zip(THREE) {
        assert_eq!(headers(message, "To:"), [format!("To: {to}")]);
        assert_eq!(headers(message, "From:"), ["From: release@example.com"]);
        let wanted = ["Subject: Release of checkout-api 2.14.0 to production"];
        assert_eq!(headers(message, "Subject:"), wanted);
        assert_eq!(
            headers(message, "Date:"),
            ["Date: Sun, 03 May 2026 09:30:05 +0000"]
        );
        let id = headers(message, "Message-ID:");
        assert_eq!(id, headers(&messages[0], "Message-ID:"));
        assert!(
            id[0].starts_with("Message-ID: <") && id[0].ends_with("@example.com>"),
            "{id:?}"
        );
        assert_eq!(
            id[0].len(),
            "Message-ID: <>".len() + 32 + "@example.com".len()
        );
        let others = THREE.iter().filter(|it| **it != to);
        assert!(
            others.into_iter().all(|it| !message.contains(it)),
            "{message}"
        );
    }
    let commands = server.commands();
    assert_eq!(commands[..2], ["EHLO example.com", "EHLO example.com"]);
    assert_eq!(commands[3], "MAIL FROM:<release@example.com> RET=HDRS");
    assert_eq!(
        commands[4],
        "RCPT TO:<cab@example.com> NOTIFY=SUCCESS,FAILURE,DELAY"
    );
    assert_eq!(commands[5..7], ["DATA", "RSET"]);
    assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn two_releases_have_two_ids() {
    let server = server(&[]).await;
    for version in ["2.14.0", "2.15.0"] {
        let trial = trial(source(&server.address()), version, LONG);
        assert_eq!(trial.notify().await, Some(Sent::Now));
    }
    let messages = server.messages();
    let ids: Vec<_> = messages
        .iter()
        .map(|it| headers(it, "Message-ID:"))
        .collect();
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn reports_are_asked_for_only_where_they_are_wanted_and_offered() {
    let plain = "250-mail.example.com\r\n250 AUTH PLAIN\r\n";
    for (wants, stages) in [(false, &[][..]), (true, &[("EHLO", &[plain][..])])] {
        let server = server(stages).await;
        let mut source = source(&server.address());
        source["dsn"] = wants.into();
        let trial = trial(source, "2.14.0", LONG);
        assert_eq!(trial.notify().await, Some(Sent::Now));
        let commands = server.commands();
        let mail = commands.iter().position(|it| it.starts_with("MAIL"));
        assert_eq!(
            commands[mail.unwrap()..][..2],
            [
                "MAIL FROM:<release@example.com>",
                "RCPT TO:<cab@example.com>"
            ]
        );
    }
}

#[tokio::test]
async fn a_login_goes_out_in_either_way_and_shows_nowhere() {
    for (offer, lines) in [("PLAIN", 1), ("LOGIN", 3)] {
        // A line of blanks is no offer, and breaks nothing.
        let offer = format!("250-mail.example.com\r\n250- \t\r\n250 AUTH {offer}\r\n");
        let server = server(&[("EHLO", &[&offer])]).await;
        let mut source = source(&server.address());
        source["dsn"] = false.into();
        let trial = trial(source, "2.14.0", LONG);
        assert_eq!(trial.notify().await, Some(Sent::Now));
        let commands = server.commands();
        let mail = commands
            .iter()
            .position(|it| it.starts_with("MAIL"))
            .unwrap();
        assert_eq!(mail, 1 + lines);
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let last = commands[mail - 1].split(' ').next_back().unwrap();
        let last = String::from_utf8(BASE64_STANDARD.decode(last).unwrap()).unwrap();
        assert!(last.ends_with(PASSWORD));
    }
}

/// Whoever goes away after the whole message may have it.
#[tokio::test]
async fn what_may_have_arrived_is_never_sent_again() {
    for said in ["", "250 2.0"] {
        let server = server(&[(DATA, &[said]), ("QUIT", &[""])]).await;
        let trial = trial(source(&server.address()), "2.14.0", Duration::from_secs(2));
        assert!(code(trial.notify().await).is_some());
        assert_eq!(trial.notify().await, Some(Sent::Before));
        assert_eq!(server.messages().len(), 1);
        assert_eq!(passed(&trial, "notification_accepted").await, 0);
    }
}

#[tokio::test]
async fn what_did_not_go_out_is_sent_when_that_is_asked_for_again() {
    for stage in ["GREETING", "EHLO", "AUTH", "MAIL FROM", "RCPT TO", "DATA "] {
        let usual = match stage {
            "GREETING" => "220 ok\r\n",
            "EHLO" => "250-mail.example.com\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 ok\r\n",
            "DATA " => "354 go on\r\n",
            _ => "250 ok\r\n",
        };
        let server = server(&[(stage, &["", usual])]).await;
        let trial = trial(source(&server.address()), "2.14.0", LONG);
        assert_eq!(
            code(trial.notify().await),
            Some(FailureCode::Unreachable),
            "{stage}"
        );
        assert_eq!(passed(&trial, "notification_accepted").await, 0);
        assert_eq!(trial.notify().await, Some(Sent::Now), "{stage}");
        assert_eq!(server.messages().len(), 1, "{stage}");
    }
}

#[tokio::test]
async fn put_off_is_tried_again_and_only_for_whom_it_was() {
    let later = ["450 4.7.1 greylisted\r\n", "250 ok\r\n"];
    let server = server(&[("RCPT TO:<ops", &later)]).await;
    let mut source = source(&server.address());
    source["scope"]["recipients"] = json!(THREE);
    let trial = trial(source, "2.14.0", LONG);
    assert_eq!(trial.notify().await, Some(Sent::Now));
    let messages = server.messages();
    let to: Vec<_> = messages.iter().flat_map(|it| headers(it, "To:")).collect();
    assert_eq!(
        to,
        [
            "To: cab@example.com",
            "To: qa@example.org",
            "To: ops@example.net"
        ]
    );
}

#[tokio::test]
async fn a_refusal_for_now_ends_after_a_few_tries() {
    for recipients in [&THREE[..1], &THREE] {
        let server = server(&[
            ("RCPT TO:<cab", &["450 4.7.1 greylisted\r\n"]),
            ("RCPT TO:<ops", &["550 5.1.1 unknown\r\n"]),
        ])
        .await;
        let mut source = source(&server.address());
        source["scope"]["recipients"] = json!(recipients);
        let trial = trial(source, "2.14.0", LONG);
        assert_eq!(trial.notify().await, Some(Sent::Now));
        assert_eq!(server.connections(), 4);
        assert_eq!(trial.notify().await, Some(Sent::Before));
        assert_eq!(server.messages().len(), recipients.len() / 3);
    }
}

/// Nobody answers: that is told before the time is over, so that it is known that nothing went out.
#[tokio::test]
async fn a_server_that_says_nothing_is_told_of_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let trial = trial(source(&address), "2.14.0", Duration::from_secs(2));
    let begun = Instant::now();
    assert_eq!(code(trial.notify().await), Some(FailureCode::TimedOut));
    assert!(begun.elapsed() < Duration::from_secs(2));
    // Not sent before: it is tried anew.
    assert_eq!(code(trial.notify().await), Some(FailureCode::TimedOut));
}

#[tokio::test]
async fn no_collection_connects_anywhere() {
    let server = server(&[]).await;
    let trial = trial(source(&server.address()), "2.14.0", LONG);
    assert_eq!(passed(&trial, "notification_accepted").await, 0);
    assert_eq!(server.connections(), 0);
}
