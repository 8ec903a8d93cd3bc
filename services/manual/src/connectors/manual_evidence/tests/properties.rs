//! Whatever is stated, only what two persons stand behind passes, for its release and its time.

use chrono::DateTime;
use passport_connector_sdk::Connector;
use passport_evidence::Status;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::world::{NOW, at, delivered, digest, facts, facts_of, good, kept, source, submitter};

const BODIES: u32 = 100_000;

const PLACES: [&str; 16] = [
    "/kind",
    "/fact",
    "/reason",
    "/scope",
    "/scope/workspaceId",
    "/scope/service",
    "/scope/environment",
    "/scope/releaseDigest",
    "/createdAt",
    "/expiresAt",
    "/approvedBy",
    "/evidenceDigest",
    "/link",
    "/revokedAt",
    "/actor",
    "/status",
];

thread_local! {
    static SOURCE: Box<dyn Connector> = source();
}

fn values() -> impl Strategy<Value = Value> {
    const WORDS: [&str; 16] = [
        "",
        "*",
        "waiver",
        "attestation",
        "external_scan",
        "emergency_approval",
        "pen_test",
        "crash_free_sessions",
        "user:ada",
        "user:bob",
        "user:eve",
        "checkout-api",
        "2026-05-03",
        "passed",
        "https://reports.example.com/a",
        "It was agreed to in writing by the board.",
    ];
    let times = (-300_000_i64..300_000).prop_map(|it| json!(at(it).to_rfc3339()));
    let near = (-4_000_i64..4_000).prop_map(|it| json!(at(it).to_rfc3339()));
    prop_oneof![
        4 => select(WORDS.as_slice()).prop_map(Value::from),
        2 => times,
        3 => near,
        1 => select(vec![digest("ab"), digest("cd"), digest("ef"), "sha256:ab".to_owned()]).prop_map(Value::from),
        1 => select(vec![json!(null), json!([]), json!({}), json!(7), json!(true), json!(["passed"])]),
    ]
}

/// The kept form of a record some of whose parts were changed, and the record.
fn records() -> impl Strategy<Value = Value> {
    let change = (
        select(PLACES.as_slice()),
        prop::option::weighted(0.8, values()),
    );
    prop::collection::vec(change, 0..3).prop_map(|changes| {
        let mut record = good();
        for (place, value) in changes {
            let (parent, key) = place.rsplit_once('/').unwrap();
            let parent = record.pointer_mut(parent).and_then(Value::as_object_mut);
            match (parent, value) {
                (None, _) => {}
                (Some(parent), Some(value)) => drop(parent.insert(key.to_owned(), value)),
                (Some(parent), None) => drop(parent.remove(key)),
            }
        }
        record
    })
}

/// What an observer makes of a record that both persons delivered, who only knows what it says.
fn is_vouched_for(record: &Value, release: &str, now: i64) -> bool {
    let time = |key: &str| {
        let text = record[key].as_str()?;
        Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp())
    };
    let (created, expires) = (time("createdAt"), time("expiresAt"));
    let is_of_a_kind =
        ["attestation", "external_scan"].contains(&record["kind"].as_str().unwrap_or_default());
    let holds = created.zip(expires).is_some_and(|(created, expires)| {
        created <= now + 60 && now < expires && expires - created <= 72 * 3_600
    });
    let is_revoked = match &record["revokedAt"] {
        Value::Null => false,
        Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => time("revokedAt")
            .is_none_or(|it| it <= now || created.is_none_or(|created| it < created)),
    };
    let is_digest = |it: &Value| {
        it.as_str()
            .is_some_and(|it| it.len() == 71 && it.starts_with("sha256:"))
    };
    is_of_a_kind
        && holds
        && !is_revoked
        && record["approvedBy"] == "user:bob"
        && record["scope"]["releaseDigest"] == release
        && record["scope"]["service"] == "checkout-api"
        && record["scope"]["environment"] == "production"
        && record["scope"]["workspaceId"] == "workspace-acme-prod"
        && is_digest(&record["evidenceDigest"])
}

fn passes(source: &dyn Connector, records: &[bytes::Bytes], release: &str, now: i64) -> bool {
    let (facts, _) = facts(source, records, Some(release), at(now - NOW));
    facts.iter().any(|it| it.status() == Status::Passed)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(BODIES))]

    #[test]
    fn only_what_two_persons_stand_behind_passes(record in records(), other in any::<bool>(), later in 0_i64..5_000) {
        SOURCE.with(|source| {
            let records = kept(source.as_ref(), &record.to_string());
            let release = digest(if other { "ef" } else { "ab" });
            let passed = passes(source.as_ref(), &records, &release, NOW + later);
            prop_assert!(!passed || is_vouched_for(&record, &release, NOW + later), "{} {}", later, record);
            Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn one_person_alone_passes_nothing(record in records()) {
        SOURCE.with(|source| {
            let alone = delivered(source.as_ref(), record.to_string(), Some(&submitter()));
            let records: Vec<_> = alone.into_iter().flat_map(|it| it.records).collect();
            prop_assert!(!passes(source.as_ref(), &records, &digest("ab"), NOW));
            Ok(())
        })?;
    }

    /// Each digest of a release wants a statement of its own that stands.
    #[test]
    fn a_release_of_several_digests_passes_as_a_whole(
        stated in prop::collection::vec(0_u8..4, 1..5),
    ) {
        SOURCE.with(|source| {
            let names = ["ab", "cd", "ef", "12"];
            let digests: Vec<_> = names.iter().take(stated.len()).map(|it| digest(it)).collect();
            let mut records = Vec::new();
            for (release, how) in digests.iter().zip(&stated) {
                let mut record = good();
                record["scope"]["releaseDigest"] = json!(release);
                match how {
                    0 => continue,
                    1 => record["evidenceDigest"] = json!(null),
                    2 => record["revokedAt"] = json!(at(-60).to_rfc3339()),
                    _ => {}
                }
                records.extend(kept(source.as_ref(), &record.to_string()));
            }
            let (facts, _) = facts_of(source.as_ref(), &records, Some(digests), at(0));
            let facts: Vec<_> = facts.iter().filter(|it| it.item() == Some("pen_test")).collect();
            let has = |wanted: u8| stated.contains(&wanted);
            let wanted = match (has(2), has(0), has(1), has(3)) {
                (false, true, false, false) => None,
                (true, _, _, _) => Some(Status::Failed),
                (false, true, _, _) => Some(Status::Unknown),
                (false, false, true, _) => Some(Status::Warning),
                (false, false, false, _) => Some(Status::Passed),
            };
            prop_assert_eq!(facts.first().map(|it| it.status()), wanted, "{:?}", stated);
            prop_assert!(facts.len() <= 1);
            Ok(())
        })?;
    }

    #[test]
    fn a_revocation_takes_the_pass_away_in_whatever_order(first in any::<bool>(), ago in 0_i64..3_600) {
        SOURCE.with(|source| {
            let mut revoked = good();
            revoked["revokedAt"] = json!(at(-ago).to_rfc3339());
            let mut records = kept(source.as_ref(), &good().to_string());
            let revocation = kept(source.as_ref(), &revoked.to_string());
            let place = if first { 0 } else { records.len() };
            records.splice(place..place, revocation);
            prop_assert!(!passes(source.as_ref(), &records, &digest("ab"), NOW));
            Ok(())
        })?;
    }

    #[test]
    fn an_added_statement_never_makes_a_pass_that_no_statement_is(record in records(), another in records()) {
        SOURCE.with(|source| {
            let mut records = kept(source.as_ref(), &record.to_string());
            records.extend(kept(source.as_ref(), &another.to_string()));
            let passed = passes(source.as_ref(), &records, &digest("ab"), NOW);
            let vouched = [&record, &another].into_iter().any(|it| is_vouched_for(it, &digest("ab"), NOW));
            prop_assert!(!passed || vouched, "{} {}", record, another);
            Ok(())
        })?;
    }

    #[test]
    fn whatever_bytes_come_or_were_kept_nothing_passes(bytes in prop::collection::vec(any::<u8>(), 0..96), cut in any::<prop::sample::Index>()) {
        SOURCE.with(|source| {
            let source = source.as_ref();
            let taken = delivered(source, bytes.clone(), Some(&submitter()));
            prop_assert!(taken.is_err());
            let whole = kept(source, &good().to_string());
            let half = whole[0].slice(..cut.index(whole[0].len()));
            let records = [bytes.into(), half, whole[1].clone()];
            prop_assert!(!passes(source, &records, &digest("ab"), NOW));
            Ok(())
        })?;
    }
}

#[test]
fn what_two_persons_stand_behind_passes_until_its_end() {
    let source = source();
    let records = kept(source.as_ref(), &good().to_string());
    for (later, passed) in [(0, true), (3_599, true), (3_600, false), (90_000, false)] {
        let found = passes(source.as_ref(), &records, &digest("ab"), NOW + later);
        assert_eq!(found, passed, "{later}");
    }
    assert!(!passes(source.as_ref(), &records, &digest("ef"), NOW));
    let (_, lasts) = facts(source.as_ref(), &records, Some(&digest("ab")), at(0));
    assert_eq!(lasts.map(|it| it.as_secs()), Some(7_200));
}
