use chrono::{DateTime, TimeDelta, Utc};
use passport_proto::evidence as proto;
use proptest::prelude::*;

use super::*;
use crate::{
    actor::{Actor, ActorId, Actors, Role},
    claimed::{ClaimedEvidence, ClaimedFact},
    descriptor::{Category, ConnectorStatus, Descriptor, Promotion},
    evidence::{Evidence, FailedRefresh, Frame, Origin, Provenance},
    excerpts::Excerpts,
    fact::{Fact, Limits},
    failure::FailureCode,
    freshness::MaxAge,
    names::{FactName, SourceName},
    quantity::{Quantity, Unit},
    query_digest::QueryDigest,
    reason::Reason,
    scope::{Scope, Subject},
    state::{Meaning, StateTable},
    status::Status,
    threshold::Threshold,
    value::Value,
};

const TABLE: StateTable = StateTable::new(&[
    ("good", Meaning::Passed),
    ("bad", Meaning::Failed(Reason::BadState)),
    ("slow", Meaning::Pending(Reason::InProgress)),
]);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 123_456_789).unwrap()
}

fn actors() -> impl Strategy<Value = Actors> {
    let one = (prop::sample::select(Role::ALL.to_vec()), any::<[u8; 32]>());
    let one = one.prop_map(|(role, hash)| Actor {
        role,
        id: ActorId::of_keyed_hash(hash),
    });
    (prop::collection::vec(one, 0..24), 0u32..9)
        .prop_map(|(all, more)| all.into_iter().collect::<Actors>().and_further(more))
}

fn facts() -> impl Strategy<Value = Fact> {
    let measured = (
        -1e12f64..1e12,
        prop::sample::select(Unit::ALL.to_vec()),
        prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]),
        0u32..1000,
        any::<bool>(),
    )
        .prop_map(|(number, unit, sign, limit, bound)| {
            let quantity = Quantity::new(crate::quantity::from_f64(number).unwrap(), unit);
            let value = if bound {
                Value::AtLeast(quantity)
            } else {
                Value::Exact(quantity)
            };
            let threshold: Threshold = format!("{sign} {limit}{}", unit.symbol()).parse().unwrap();
            let threshold = threshold
                .in_unit(unit)
                .unwrap_or_else(|_| "= 0".parse().unwrap());
            Fact::measured(FactName::fixed("measured"), value, &Limits::from(threshold))
        });
    let state = prop::sample::select(vec!["good", "bad", "slow", "odd", "a,b"])
        .prop_map(|word| Fact::state(FactName::fixed("state"), word, &TABLE));
    let unknown = prop::sample::select(Reason::ALL.to_vec())
        .prop_map(|reason| Fact::unknown(FactName::fixed("unknown"), reason));
    let kinds = prop_oneof![measured, state, unknown];
    let item = prop::option::of("[a-z]{1,12}");
    (
        kinds,
        item,
        prop::option::of(-400i64..400),
        prop::option::of(0u32..1_000_000_000),
        prop::collection::vec("[a-z \\[\\]]{1,12}", 0..3),
        prop::option::of(any::<[u8; 32]>().prop_map(QueryDigest::sha256)),
        prop::option::of(-1e6f64..1e6),
        prop::collection::btree_map("[a-z_]{1,12}", 0..=i32::MAX.unsigned_abs(), 0..3),
        actors(),
    )
        .prop_map(
            |(fact, item, age, nanos, texts, query, before, counts, actors)| {
                let fact = match item {
                    Some(item) => fact.about(item),
                    None => fact,
                };
                let nanos = TimeDelta::nanoseconds(nanos.unwrap_or_default().into());
                let fact = fact
                    .quoting(texts.into_iter().collect::<Excerpts>().redacted(counts))
                    .answering(query)
                    .involving(actors);
                let fact = match before {
                    Some(before) => {
                        let number = crate::quantity::from_f64(before).unwrap();
                        fact.compared_with(Quantity::new(number, Unit::Milliseconds))
                    }
                    None => fact,
                };
                fact.observed(age.map(|age| now() - TimeDelta::seconds(age) + nanos))
            },
        )
}

fn evidences() -> impl Strategy<Value = Evidence> {
    (
        prop::collection::vec(facts(), 0..6),
        1u64..100_000,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(facts, max_age, subject, failed)| {
            let frame = Frame {
                connector: "prometheus".to_owned(),
                scope: Scope {
                    workspace: "acme".parse().unwrap(),
                    service: "checkout-api".parse().unwrap(),
                    environment: "production".parse().unwrap(),
                },
                source: SourceName::new("prom").unwrap(),
                subject: subject.then(|| Subject {
                    version: Some("1.2.3".to_owned()),
                    revision: None,
                    artifact_digests: vec!["sha256:ab".to_owned()],
                }),
                provenance: Provenance {
                    origin: Origin::Pulled,
                    collected_at: now(),
                    failed_refresh: failed.then(|| FailedRefresh {
                        code: FailureCode::Unreachable,
                        at: now(),
                    }),
                },
            };
            Evidence::new(frame, facts, MaxAge::from_secs(max_age).unwrap(), now())
        })
}

proptest! {
    #[test]
    fn evidence_crosses_the_wire_without_loss(evidence in evidences()) {
        let wire = proto::Evidence::from(&evidence);
        let claimed = ClaimedEvidence::try_from(wire).unwrap();
        prop_assert_eq!(claimed.clone().admit(now()), evidence.clone());
        prop_assert_eq!(claimed.observed_at, evidence.freshness().observed_at);
    }

    #[test]
    fn a_fact_that_claims_more_than_it_shows_is_not_admitted(fact in facts()) {
        let mut wire = proto::Fact::from(&fact);
        wire.status = proto::FactStatus::Passed.into();
        wire.reason = proto::Reason::Unspecified.into();
        let admitted = ClaimedFact::try_from(wire).unwrap().admit();
        let proven = match (fact.threshold(), fact.value()) {
            (Some(wanted), Some(value)) => wanted.judge(value) == crate::threshold::Verdict::Met,
            _ => true,
        };
        prop_assert_eq!(admitted.status() == Status::Passed, proven);
    }
}

#[test]
fn values_that_are_not_known_yet_say_nothing_good() {
    let mut wire = proto::Fact::from(&Fact::state(FactName::fixed("state"), "good", &TABLE));
    wire.status = 99;
    wire.reason = 99;
    let fact = ClaimedFact::try_from(wire).unwrap().admit();
    assert_eq!(
        (fact.status(), fact.reason()),
        (Status::Unknown, Some(Reason::UnrecognizedState))
    );
}

#[test]
fn a_person_who_is_named_otherwise_than_by_an_id_is_counted_and_not_shown() {
    let fact = Fact::state(FactName::fixed("state"), "good", &TABLE);
    let mut wire = proto::Fact::from(&fact);
    let actor = |id: &str, role| proto::Actor {
        id: id.to_owned(),
        role,
    };
    let known = ActorId::of_keyed_hash([7; 32]).to_string();
    wire.actors = vec![
        actor("ana.lopez@example.com", proto::ActorRole::Approver.into()),
        actor(&known, proto::ActorRole::Unspecified.into()),
        actor(&known, 99),
        actor(&known, proto::ActorRole::Approver.into()),
    ];
    wire.further_actors = -5;
    let admitted = ClaimedFact::try_from(wire).unwrap().admit();
    let told: Vec<_> = admitted.actors().iter().map(|it| it.role).collect();
    assert_eq!(told, [Role::Approver]);
    assert_eq!(admitted.actors().further(), 3);
    assert!(!format!("{admitted:?}").contains("ana"));
    assert_eq!(admitted.status(), Status::Passed);
}

#[test]
fn what_must_be_set_is_named() {
    let missing = ClaimedEvidence::try_from(proto::Evidence::default()).unwrap_err();
    assert_eq!(missing, WireError::Missing("freshness"));
    let no_name = ClaimedFact::try_from(proto::Fact::default()).unwrap_err();
    assert!(no_name.to_string().starts_with("fact.name is not valid"));
}

#[test]
fn a_descriptor_tells_its_first_status_only_where_that_is_another() {
    let same = Descriptor {
        id: "gauge",
        display_name: "Gauge",
        category: Category::Metrics,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[],
        credential: "",
        evidence: "",
        minimum_scope: "",
        avoid: "",
        facts: &[],
        default_max_age_seconds: 60,
    };
    let wire = same.on_wire("metrics");
    assert_eq!(
        (wire.announced_status, wire.status_reason.as_str()),
        (0, "")
    );
    let other = Descriptor {
        promotion: Some(Promotion {
            from: ConnectorStatus::DetectedCandidate,
            because: "it reads",
        }),
        ..same
    };
    let wire = other.on_wire("metrics");
    assert_eq!(
        (wire.announced_status(), wire.status_reason.as_str()),
        (proto::ConnectorStatus::DetectedCandidate, "it reads")
    );
}

#[test]
fn every_code_and_unit_has_its_place_on_the_wire() {
    for reason in Reason::ALL {
        assert_eq!(
            Reason::from_wire(proto::Reason::from(reason).into()),
            Some(reason)
        );
        let wire = proto::Reason::from(reason);
        assert_eq!(wire.as_str_name(), format!("REASON_{reason}"));
    }
    for role in Role::ALL {
        let wire = proto::ActorRole::from(role);
        assert_eq!(Role::from_wire(wire.into()), Some(role));
        let word = role.as_str().to_uppercase();
        assert_eq!(wire.as_str_name(), format!("ACTOR_ROLE_{word}"));
    }
    for code in FailureCode::ALL {
        let wire = proto::FailureCode::from(code);
        assert_eq!(wire.as_str_name(), format!("FAILURE_CODE_{code}"));
    }
}
