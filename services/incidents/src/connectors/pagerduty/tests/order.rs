//! Webhooks come in any order, twice, or late: what they say together stays the same.

use passport_connector_sdk::Accepted;
use passport_evidence::{Fact, Status};
use serde_json::json;

use super::{
    bench::{judged_with, quiet},
    webhooks::{deliver, event, kept},
};

fn told(events: &[(&str, &str)]) -> Vec<Accepted> {
    let taken = events.iter().enumerate().map(|(at, (kind, time))| {
        let mut event = event(kind, time);
        event["event"]["id"] = json!(format!("01E{at}"));
        deliver(&event.to_string()).unwrap()
    });
    taken.collect()
}

fn says(accepted: Vec<Accepted>) -> Vec<Fact> {
    judged_with(&quiet(), &kept(accepted))
}

/// Whether an incident fails the release by these events, in whichever order; panics where the order
/// matters.
fn fails(events: &[(&str, &str)]) -> bool {
    let count = events.len();
    let first = says(told(events));
    for shift in 0..count {
        let mut turned = told(events);
        turned.rotate_left(shift);
        assert_eq!(says(turned.clone()), first);
        turned.reverse();
        assert_eq!(says(turned.clone()), first);
        turned.extend(told(events));
        assert_eq!(says(turned), first, "twice");
    }
    let count = first
        .iter()
        .find(|it| it.name().as_str() == "active_incident_count");
    count.unwrap().status() == Status::Failed
}

#[test]
fn the_latest_word_of_an_incident_counts_and_not_the_last_that_came() {
    let (opened, ended) = ("incident.triggered", "incident.resolved");
    for (events, failed) in [
        (&[(opened, "2026-05-03T09:29:50Z")][..], true),
        (
            &[
                (opened, "2026-05-03T09:29:50Z"),
                (ended, "2026-05-03T09:29:58Z"),
            ],
            false,
        ),
        (
            &[
                (ended, "2026-05-03T09:29:50Z"),
                ("incident.reopened", "2026-05-03T09:29:58Z"),
                (opened, "2026-05-03T09:20:00Z"),
            ],
            true,
        ),
        // Of two at the same moment the worse one counts.
        (
            &[
                (opened, "2026-05-03T09:29:50Z"),
                (ended, "2026-05-03T09:29:50Z"),
            ],
            true,
        ),
        // What lies ahead of the clock says nothing, not even that it ended.
        (
            &[
                (opened, "2026-05-03T09:29:50Z"),
                (ended, "2026-05-03T09:45:00Z"),
            ],
            true,
        ),
        (&[(opened, "2026-05-03T09:45:00Z")], false),
        // The API shows by now what is.
        (&[(opened, "2026-05-03T09:29:04Z")], false),
        (&[(ended, "2026-05-03T09:29:50Z")], false),
    ] {
        assert_eq!(fails(events), failed, "{events:?}");
    }
}

#[test]
fn what_another_version_kept_is_passed_over() {
    let mut kept = kept(told(&[("incident.triggered", "2026-05-03T09:29:50Z")]));
    kept.records[0].body = bytes::Bytes::from_static(b"{\"later\":1}");
    let facts = judged_with(&quiet(), &kept);
    assert_eq!(
        facts,
        judged_with(&quiet(), &passport_connector_sdk::Kept::default())
    );
}
