//! Whatever a mail server says, and whatever is kept of it, only a reply that is one and says so is an acceptance.

use passport_evidence::Status;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{ID, mailbox};
use crate::connectors::{
    changes::change,
    email::{
        facts::accepted,
        sent::{End, Sent},
        smtp::Reply,
    },
};

/// Reads the same lines in a way of its own, up to the one that ends a reply.
fn is_acceptance(lines: &[String]) -> bool {
    let begins = |line: &String| {
        let bytes = line.as_bytes();
        matches!(bytes, [b'2', b'0'..=b'5', b'0'..=b'9', ..]).then(|| bytes[..3].to_vec())
    };
    let goes_on = |it: &&String| it.as_bytes().get(3) == Some(&b'-');
    let count = lines.iter().take_while(goes_on).count();
    let Some(last) = lines.get(count) else {
        return false;
    };
    let code = begins(last);
    code.is_some()
        && last.as_bytes().get(3) == Some(&b' ')
        && lines[..count].iter().all(|it| begins(it) == code)
}

fn line() -> impl Strategy<Value = String> {
    let texts = vec![
        "250 2.0.0 Ok",
        "250-2.0.0 Ok",
        "250",
        "250 5.1.1 no",
        "550 2.0.0 Ok",
        "251 forward",
        "354 go on",
        "450 4.2.1 later",
        " 250 Ok",
        "2 50 Ok",
        "+250 Ok",
        "2500 Ok",
        "٢٥٠ Ok",
        "OK",
        "",
    ];
    prop_oneof![
        3 => select(texts).prop_map(str::to_owned),
        1 => "[0-9]{0,4}[ -]?.{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn only_a_reply_that_says_so_is_an_acceptance(lines in prop::collection::vec(line(), 0..4)) {
        let text: String = lines.iter().map(|it| format!("{it}\r\n")).collect();
        let reply = Reply::parse(&text);
        let end = reply.map_or(End::Unclear, |it| End::Replied(it.to_string()));
        let has_passed = accepted::fact(Some(&end)).status() == Status::Passed;
        prop_assert_eq!(has_passed, is_acceptance(&lines), "{:?}", lines);
    }

    #[test]
    fn whatever_was_kept_only_an_acceptance_passes(
        changes in prop::collection::vec(change(&kept(), values()), 0..4),
    ) {
        let mut kept = kept();
        for change in &changes {
            change.apply(&mut kept);
        }
        let Ok(sent) = serde_json::from_value::<Sent>(kept.clone()) else {
            return Ok(());
        };
        let end = sent.end(&mailbox());
        let has_passed = accepted::fact(end.as_ref()).status() == Status::Passed;
        let is_kept = |it: &Value| it.as_str().is_some_and(|it| it.starts_with("250"));
        let all = kept["recipients"].as_array().into_iter().flatten();
        let own = all.map(|it| &it["end"]["replied"]).any(is_kept);
        prop_assert!(!has_passed || own || is_kept(&kept["reply"]), "{}", kept);
    }
}

fn kept() -> Value {
    json!({
        "messageId": ID, "acceptedAt": "2026-05-03T09:30:02Z",
        "recipients": [
            {"recipient": mailbox().under(ID), "domain": "example.com", "end": {"replied": "250 2.0.0"}},
            {"recipient": "other", "domain": "example.net", "end": {"uncertain": "UNREACHABLE"}},
        ],
    })
}

fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(250),
        json!("250"),
        json!("550 5.1.1"),
        json!("Ok"),
        json!("unclear"),
        json!({"replied": "354"}),
        json!({"unsent": "250"}),
        json!({"uncertain": "250"}),
        json!([]),
        json!({}),
        json!("<other@example.com>"),
    ]
}
