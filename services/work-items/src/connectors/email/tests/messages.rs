//! Whatever is released, the message has the same headers and one recipient.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use passport_evidence::{Scope, Subject};
use proptest::prelude::*;

use super::bench::{ID, mailbox, now};
use crate::connectors::email::{
    address::Mailbox,
    message::{About, Head, names},
};

const NAMES: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

fn written(subject: &Subject, service: &str) -> Option<String> {
    let of = Scope {
        workspace: "workspace-acme-prod".parse().unwrap(),
        service: service.parse().unwrap(),
        environment: "production".parse().unwrap(),
    };
    let from = Mailbox::parse("release@example.com").unwrap();
    let head = Head {
        from: &from,
        to: &mailbox(),
        id: ID,
        at: now(),
    };
    let message = About { of: &of, subject }.message(&head)?;
    Some(String::from_utf8(message).unwrap())
}

fn of_version(version: &str) -> Subject {
    Subject {
        version: Some(version.to_owned()),
        ..Subject::default()
    }
}

/// The subject of a message, read back.
fn title(message: &str) -> String {
    let line = message.split("\r\n").find(|it| it.starts_with("Subject: "));
    let at = message.find(line.unwrap()).unwrap() + "Subject: ".len();
    let end = message[at..].find("\r\nDate: ").unwrap();
    let words = message[at..at + end].split("\r\n ");
    let read = |word: &str| match word.strip_prefix("=?utf-8?B?") {
        None => word.to_owned(),
        Some(word) => {
            let word = word.strip_suffix("?=").unwrap();
            String::from_utf8(BASE64_STANDARD.decode(word).unwrap()).unwrap()
        }
    };
    words.map(read).collect()
}

/// Checks everything about a message that no release may change.
fn is_whole(message: &str) -> Result<(), TestCaseError> {
    prop_assert!(message.is_ascii());
    let lines: Vec<_> = message.split("\r\n").collect();
    for line in &lines {
        prop_assert!(!line.contains(['\r', '\n', '\0']), "{:?}", line);
        prop_assert!(line.len() <= 78, "{:?}", line);
        prop_assert!(!line.starts_with('.'));
    }
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let own = head.split("\r\n").filter(|it| !it.starts_with(' '));
    let own: Vec<_> = own.map(|it| it.split(':').next().unwrap()).collect();
    prop_assert_eq!(own, NAMES);
    let to = head.split("\r\n").find(|it| it.starts_with("To:"));
    prop_assert_eq!(to, Some("To: cab@example.com"));
    let body = BASE64_STANDARD.decode(body.replace("\r\n", "")).unwrap();
    let body = String::from_utf8(body).unwrap();
    let kinds = body.split("\r\n").filter_map(|it| it.split_once(": "));
    for (kind, _) in kinds {
        let known = ["Service", "Environment", "Version", "Revision", "Digest"];
        prop_assert!(known.contains(&kind), "{}", body);
    }
    prop_assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
    Ok(())
}

#[test]
fn a_plain_release_is_written_plainly() {
    let message = written(&of_version("2.14.0"), "checkout-api").unwrap();
    assert_eq!(
        title(&message),
        "Release of checkout-api 2.14.0 to production"
    );
    assert!(message.contains("\r\nAuto-Submitted: auto-generated\r\n"));
}

#[test]
fn a_text_that_would_make_a_header_stands_in_the_subject() {
    for version in [
        "1\r\nBcc: mallory@example.net",
        "1\nBcc: mallory@example.net",
        "1\r\n\r\n.\r\nMAIL FROM:<x@example.net>",
        "=?utf-8?Q?=0D=0ABcc:_mallory@example.net?=",
        "1\u{2028}Bcc: mallory@example.net",
        "1\u{85}Bcc: mallory@example.net",
        "\u{202e}0.1",
        "ÄÖÜ\r\n =?x",
    ] {
        let message = written(&of_version(version), "checkout-api").unwrap();
        is_whole(&message).unwrap();
        let title = title(&message);
        assert!(!title.contains(|it: char| it.is_control()), "{title:?}");
        assert!(!message.contains("\r\nBcc"), "{message}");
    }
}

#[test]
fn nothing_is_written_of_nothing() {
    assert!(names(&of_version("1")));
    for nothing in ["", " ", "\r\n"] {
        assert!(!names(&of_version(nothing)), "{nothing:?}");
    }
    assert!(!names(&Subject::default()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn no_text_of_a_release_makes_a_header(
        version in proptest::option::of(any::<String>()),
        revision in proptest::option::of("(\r\n|\n|\r|[ -~]|=\\?|\\PC){0,80}"),
        artifact_digests in prop::collection::vec("(\r|\n|\\PC){0,60}", 0..5),
        service in "[a-z0-9][a-z0-9._-]{0,62}",
    ) {
        let subject = Subject { version, revision, artifact_digests };
        let message = written(&subject, &service);
        let message = message.ok_or_else(|| TestCaseError::fail("not written"))?;
        is_whole(&message)?;
        let title = title(&message);
        let begins = format!("Release of {service}");
        prop_assert!(title.starts_with(&begins) && title.ends_with(" to production"), "{}", title);
    }
}
