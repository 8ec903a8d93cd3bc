//! What comes signed: every path refuses what it should, whatever the scheme, and takes what others published
//! as it is.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod cloud_events;
mod paths;
mod recorded;
mod replies;

use anyhow::Result;
use chrono::TimeDelta;
use passport_integration_tests::signatures::{Scheme, with};
use passport_integration_tests::today;
use serde_json::Value;

use self::paths::{Fate, Inbox, PATHS, Path};

const AT_ONCE: TimeDelta = TimeDelta::zero();
/// Beyond what any clock may be off, in either direction.
const FAR: TimeDelta = TimeDelta::minutes(10);

/// What is said of a path when it does not do as it should.
fn of(path: Path, what: &str) -> String {
    format!("{} ({:?}): {what}", path.case, path.scheme)
}

#[tokio::test]
async fn the_same_delivery_again_is_one() -> Result<()> {
    for path in PATHS {
        let inbox = Inbox::at_the_end_of(*path).await?;
        let good = inbox.signed(&inbox.headers, &inbox.body)?;
        let first = inbox.deliver(&good, &inbox.body, AT_ONCE).await?;
        assert_eq!(first, Fate::Accepted, "{}", of(*path, "the good one"));
        let before = inbox.facts().await?;
        for _ in 0..3 {
            let again = inbox.deliver(&good, &inbox.body, AT_ONCE).await?;
            assert_eq!(again, Fate::Duplicate, "{}", of(*path, "the same again"));
        }
        assert_eq!(
            inbox.facts().await?,
            before,
            "{}",
            of(*path, "the same again")
        );
    }
    Ok(())
}

#[tokio::test]
async fn nothing_that_is_not_signed_as_it_should_be_is_taken() -> Result<()> {
    for path in PATHS {
        let inbox = Inbox::at_the_end_of(*path).await?;
        let name = inbox.scheme.header();
        let good = inbox.signed(&inbox.headers, &inbox.body)?;
        let unsigned: Vec<_> = good
            .iter()
            .filter(|(it, _)| !it.eq_ignore_ascii_case(name))
            .cloned()
            .collect();
        let forged = inbox.signed_with(inbox.another_secret(), &inbox.headers, &inbox.body)?;
        let mut refused = vec![
            ("not signed", unsigned.clone()),
            ("signed with another secret", forged),
            ("an empty signature", with(&good, name, "")),
            ("a signature of nothing", with(&good, name, "v1,")),
            (
                "signed twice",
                good.iter()
                    .cloned()
                    .chain(
                        good.iter()
                            .filter(|(it, _)| it.eq_ignore_ascii_case(name))
                            .map(|(it, _)| (it.clone(), "sha256=00".to_owned())),
                    )
                    .collect(),
            ),
        ];
        // A token says nothing of what comes with it.
        if inbox.scheme != Scheme::Token {
            let other = inbox.signed(&inbox.headers, &format!("{} ", inbox.body))?;
            refused.push(("signed for another body", other));
        }
        for (what, headers) in refused {
            let fate = inbox.deliver(&headers, &inbox.body, AT_ONCE).await?;
            assert_eq!(fate, Fate::Rejected, "{}", of(*path, what));
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_was_sent_at_another_time_is_not_taken_where_the_time_is_signed() -> Result<()> {
    let mut told = 0;
    for path in PATHS {
        let inbox = Inbox::at_the_end_of(*path).await?;
        if !inbox.tells_time() {
            continue;
        }
        told += 1;
        for (what, after) in [("long ago", -FAR), ("to come", FAR)] {
            let signed = inbox.signed(&inbox.sent(after), &inbox.body)?;
            let fate = inbox.deliver(&signed, &inbox.body, AT_ONCE).await?;
            assert_eq!(fate, Fate::Rejected, "{}", of(*path, what));
        }
        // Replayed later, by somebody who heard it: the same bytes and headers.
        let good = inbox.signed(&inbox.headers, &inbox.body)?;
        let fate = inbox.deliver(&good, &inbox.body, FAR).await?;
        assert_eq!(fate, Fate::Rejected, "{}", of(*path, "replayed later"));
        // A newer time in place of the signed one.
        let time = inbox.scheme.time_header().unwrap_or_default();
        let renewed = with(&good, time, &(inbox.now + FAR).timestamp().to_string());
        let fate = inbox.deliver(&renewed, &inbox.body, FAR).await?;
        assert_eq!(fate, Fate::Rejected, "{}", of(*path, "with a newer time"));
    }
    assert!(told >= 3, "{told}");
    Ok(())
}

/// Replayed later where no time is signed: it may be taken again, and says nothing that it did not say before.
#[tokio::test]
async fn a_replay_makes_nothing_newer() -> Result<()> {
    for path in PATHS {
        let inbox = Inbox::at_the_end_of(*path).await?;
        let good = inbox.signed(&inbox.headers, &inbox.body)?;
        inbox.deliver(&good, &inbox.body, AT_ONCE).await?;
        let before = inbox.facts().await?;
        inbox
            .deliver(&good, &inbox.body, TimeDelta::seconds(9))
            .await?;
        assert_eq!(inbox.facts().await?, before, "{}", of(*path, "replayed"));
    }
    Ok(())
}

/// Where events are told apart by an id in the body: the same under another. In a form it is escaped.
fn another_event(body: &str) -> String {
    let Ok(mut event) = serde_json::from_str::<Value>(body) else {
        const ID: &str = "%22trigger_id%22%3A%221";
        return body.replace(ID, &format!("{ID}7"));
    };
    match event.pointer_mut("/event/id") {
        Some(id) => *id = "01DIFFERENTEVENT0000000000".into(),
        None => return body.to_owned(),
    }
    event.to_string()
}

#[tokio::test]
async fn the_order_in_which_two_come_changes_nothing() -> Result<()> {
    for path in PATHS {
        let mut seen = Vec::new();
        for is_reordered in [false, true] {
            let inbox = Inbox::at_the_end_of(*path).await?;
            let body = today::moved(&inbox.body, inbox.now, TimeDelta::minutes(-2))?;
            let body = another_event(&body);
            let mut headers = inbox.headers.clone();
            for id in ["webhook-id", "x-github-delivery"] {
                if headers
                    .iter()
                    .any(|(name, _)| name.eq_ignore_ascii_case(id))
                {
                    headers = with(&headers, id, "6d1f0c1a-0000-4000-8000-00000000000e");
                }
            }
            let earlier = (inbox.signed(&headers, &body)?, body);
            let later = (
                inbox.signed(&inbox.headers, &inbox.body)?,
                inbox.body.clone(),
            );
            let both = match is_reordered {
                false => [earlier, later],
                true => [later, earlier],
            };
            for (headers, body) in &both {
                let fate = inbox.deliver(headers, body, AT_ONCE).await?;
                assert_ne!(fate, Fate::Rejected, "{}", of(*path, "one of two"));
            }
            seen.push(inbox.facts().await?);
        }
        assert_eq!(seen[0], seen[1], "{}", of(*path, "reordered"));
    }
    Ok(())
}
