use chrono::{DateTime, Utc};

use super::*;
use crate::{
    actor::{Actor, ActorId, Actors, Role},
    excerpts::Excerpts,
    fact::Limits,
    names::FactName,
    quantity::{Quantity, Unit, parse_number},
    reason::Reason,
    status::Status,
    threshold::Threshold,
    value::Value,
};

const EXAMPLE: &str = r#"{"connector":"prometheus","scope":{"workspaceId":"workspace-acme-prod","service":"checkout-api","environment":"production"},"freshness":{"observedAt":"2026-05-03T09:30:00Z","maxAgeSeconds":300},"facts":[{"name":"error_rate","status":"passed","value":"0.02%","threshold":"< 1%"},{"name":"p95_latency","status":"passed","value":"142ms","threshold":"< 500ms"}]"#;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn measured(name: &str, number: &str, unit: Unit, threshold: &str) -> Fact {
    let quantity = Quantity::new(parse_number(number).unwrap(), unit);
    let limits = Limits::from(threshold.parse::<Threshold>().unwrap());
    Fact::measured(
        FactName::new(name).unwrap(),
        Value::Exact(quantity),
        &limits,
    )
    .observed(Some(at("2026-05-03T09:30:00Z")))
}

fn example() -> Evidence {
    let frame = Frame {
        connector: "prometheus".to_owned(),
        scope: Scope {
            workspace: "workspace-acme-prod".parse().unwrap(),
            service: "checkout-api".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        source: SourceName::new("prom").unwrap(),
        subject: None,
        provenance: Provenance {
            origin: Origin::Pulled,
            collected_at: at("2026-05-03T09:30:00Z"),
            failed_refresh: None,
        },
    };
    let facts = vec![
        measured("error_rate", "0.0002", Unit::Ratio, "< 1%"),
        measured("p95_latency", "0.1421", Unit::Seconds, "< 500ms"),
    ];
    Evidence::new(
        frame,
        facts,
        MaxAge::from_secs(300).unwrap(),
        at("2026-05-03T09:30:00Z"),
    )
}

/// The documented form, byte for byte; what the documented example leaves out of each fact and of
/// the whole comes after it.
#[test]
fn the_documented_example_comes_out_byte_for_byte() {
    let text = serde_json::to_string(&example()).unwrap();
    let further = r#","observedAt":"2026-05-03T09:30:00Z"}"#;
    let of_the_example = text.replace(further, "}");
    let (start, rest) = of_the_example.split_at(EXAMPLE.len());
    assert_eq!(start, EXAMPLE);
    assert_eq!(
        rest,
        r#","source":"prom","provenance":{"origin":"pulled","collectedAt":"2026-05-03T09:30:00Z"}}"#
    );
}

#[test]
fn further_keys_come_in_their_documented_order() {
    let fact = Fact::unknown(FactName::new("error_rate").unwrap(), Reason::NoData)
        .showing("x")
        .wanting("< 1%".parse().ok())
        .about("job")
        .linked("https://example.com/run/1")
        .observed(Some(at("2026-05-03T09:30:00.120Z")));
    assert_eq!(
        serde_json::to_string(&fact).unwrap(),
        r#"{"name":"error_rate","status":"unknown","value":"x","threshold":"< 1%","item":"job","reason":"NO_DATA","observedAt":"2026-05-03T09:30:00.120Z","link":"https://example.com/run/1"}"#
    );
}

#[test]
fn evidence_without_a_time_says_null() {
    let (frame, _) = example().into_parts();
    let evidence = Evidence::new(
        frame,
        Vec::new(),
        MaxAge::from_secs(300).unwrap(),
        at("2026-05-03T09:30:00Z"),
    );
    let json = serde_json::to_value(&evidence).unwrap();
    assert!(json["freshness"]["observedAt"].is_null());
}

#[test]
fn evidence_reads_back_as_a_claim_and_is_judged_again() {
    let now = at("2026-05-03T09:31:00Z");
    let text = serde_json::to_string(&example()).unwrap();
    let read: ClaimedEvidence = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read.admit(now)).unwrap(), text);
    let lie = text.replace("0.02%", "2%");
    let read: ClaimedEvidence = serde_json::from_str(&lie).unwrap();
    assert_eq!(
        read.admit(now).facts()[0].reason(),
        Some(Reason::Contradictory)
    );
}

#[test]
fn a_word_that_is_not_known_yet_says_nothing_good() {
    let text = serde_json::to_string(&example())
        .unwrap()
        .replace("passed", "superb");
    let read: ClaimedEvidence = serde_json::from_str(&text).unwrap();
    let evidence = read.admit(at("2026-05-03T09:31:00Z"));
    assert!(
        evidence
            .facts()
            .iter()
            .all(|fact| fact.status() == Status::Unknown)
    );
}

#[test]
fn a_fact_may_say_which_question_it_answers_and_what_was_before() {
    let digest = format!("sha256:{}", "ab".repeat(32));
    let before = Quantity::new(parse_number("0.131").unwrap(), Unit::Seconds);
    let fact = measured("p95_latency", "0.142", Unit::Seconds, "<= 144ms")
        .answering(digest.parse().ok())
        .compared_with(before);
    let text = serde_json::to_string(&fact).unwrap();
    let wanted = format!(
        r#"{{"name":"p95_latency","status":"passed","value":"142ms","threshold":"<= 144ms","observedAt":"2026-05-03T09:30:00Z","queryDigest":"{digest}","baseline":"131ms"}}"#
    );
    assert_eq!(text, wanted);
    let read: FactJson = serde_json::from_str(&text).unwrap();
    let admitted = ClaimedFact::try_from(read).unwrap().admit();
    assert_eq!(serde_json::to_string(&admitted).unwrap(), text);
}

/// Records of before have neither key: they are read, and written again as they were.
#[test]
fn what_says_neither_is_written_as_it_was_read() {
    let text = serde_json::to_string(&example()).unwrap();
    assert!(!text.contains("queryDigest") && !text.contains("baseline"));
    let read: ClaimedEvidence = serde_json::from_str(&text).unwrap();
    let admitted = read.admit(at("2026-05-03T09:31:00Z"));
    assert_eq!(serde_json::to_string(&admitted).unwrap(), text);
}

#[test]
fn a_digest_of_another_form_says_nothing_and_takes_nothing_away() {
    let fact = measured("p95_latency", "0.142", Unit::Seconds, "< 500ms");
    let mut json = serde_json::to_value(&fact).unwrap();
    json["queryDigest"] = "rate(http_requests_total[5m])".into();
    let read: FactJson = serde_json::from_value(json).unwrap();
    assert_eq!(ClaimedFact::try_from(read).unwrap().admit(), fact);
}

#[test]
fn how_much_was_taken_out_of_lines_is_written_behind_them_and_read_again() {
    let counts = [("email", 2), ("ip", 1)].map(|(kind, count)| (kind.to_owned(), count));
    let shown: Excerpts = ["from [REDACTED:email]".to_owned()].into_iter().collect();
    let fact = measured("p95_latency", "0.142", Unit::Seconds, "< 500ms");
    let fact = fact.quoting(shown.redacted(counts));
    let text = serde_json::to_string(&fact).unwrap();
    let wanted = r#""excerpts":["from [REDACTED:email]"],"redactions":{"email":2,"ip":1}}"#;
    assert!(text.ends_with(wanted), "{text}");
    let read: FactJson = serde_json::from_str(&text).unwrap();
    assert_eq!(ClaimedFact::try_from(read).unwrap().admit(), fact);
}

fn persons() -> Actors {
    let actor = |role, byte| Actor {
        role,
        id: ActorId::of_keyed_hash([byte; 32]),
    };
    let all = [actor(Role::Requester, 0xcd), actor(Role::Approver, 0xab)];
    all.into_iter().collect()
}

#[test]
fn persons_are_written_behind_all_else_and_read_again() {
    let fact = measured("p95_latency", "0.142", Unit::Seconds, "< 500ms");
    let without = serde_json::to_string(&fact).unwrap();
    let of = |actors: Actors| serde_json::to_string(&fact.clone().involving(actors)).unwrap();
    let told = format!(
        r#","actors":[{{"id":"actor:{}","role":"approver"}},{{"id":"actor:{}","role":"requester"}}]}}"#,
        "ab".repeat(8),
        "cd".repeat(8)
    );
    let start = without.trim_end_matches('}');
    assert_eq!(of(persons()), format!("{start}{told}"));
    let counted = told.replace("]}", r#"],"furtherActors":2}"#);
    assert_eq!(of(persons().and_further(2)), format!("{start}{counted}"));
    assert_eq!(of(Actors::default()), without);
    for actors in [persons(), persons().and_further(2)] {
        let fact = fact.clone().involving(actors);
        let read: FactJson = serde_json::from_str(&serde_json::to_string(&fact).unwrap()).unwrap();
        assert_eq!(ClaimedFact::try_from(read).unwrap().admit(), fact);
    }
}

#[test]
fn whoever_is_named_otherwise_than_by_an_id_is_counted_and_not_shown() {
    let fact = measured("p95_latency", "0.142", Unit::Seconds, "< 500ms").involving(persons());
    let mut json = serde_json::to_value(&fact).unwrap();
    json["actors"][0]["id"] = "ana.lopez@example.com".into();
    json["actors"][1]["role"] = "of tomorrow".into();
    let read: FactJson = serde_json::from_value(json).unwrap();
    let admitted = ClaimedFact::try_from(read).unwrap().admit();
    let actors = admitted.actors();
    assert_eq!((actors.iter().count(), actors.further()), (0, 2));
}
