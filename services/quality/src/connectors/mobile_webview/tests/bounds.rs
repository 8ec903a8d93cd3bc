//! How much is read.

use passport_evidence::Reason;
use serde_json::json;

use super::bundle::{delivery, judged, of, source};

fn answer(body: impl Into<Vec<u8>>) -> u16 {
    match source(json!({})).accept(&delivery(body)) {
        Ok(accepted) => accepted.reply.status.as_u16(),
        Err(rejected) => rejected.reply.status.as_u16(),
    }
}

#[test]
fn a_bundle_has_its_bounds() {
    let file = |bytes: usize| of([("console.jsonl", " ".repeat(bytes))]).body();
    assert_eq!(answer(file(20 * 1024 * 1024)), 202);
    assert_eq!(answer(file(20 * 1024 * 1024 + 1)), 413);
    assert_eq!(answer(vec![b'-'; 100 * 1024 * 1024 + 1]), 413);
    let many = |count: usize| {
        let mut bundle = of([]);
        let files = (0..count).map(|it| (format!("c{it}"), "{}".to_owned()));
        bundle.files = files.collect();
        bundle.list();
        bundle.body()
    };
    assert_eq!(answer(many(500)), 202);
    assert_eq!(answer(many(501)), 413);
}

#[test]
fn a_console_that_is_too_long_or_too_bad_is_not_all_read() {
    let source = source(json!({"thresholds": {"console_error_count": "<= 20000"}}));
    let said = |lines: String| {
        let facts = judged(
            source.as_ref(),
            &delivery(of([("console.jsonl", lines)]).body()),
        );
        let mut facts = facts.into_iter();
        let fact = facts.find(|it| it.name().as_str() == "console_error_count");
        fact.and_then(|it| it.reason())
    };
    let line = |level: &str, of: usize| {
        format!(
            "{}\n",
            json!({"level": level, "count": 1, "fingerprint": of.to_string()})
        )
    };
    assert_eq!(said(line("info", 0).repeat(200_000)), None);
    let incomplete = Some(Reason::Incomplete);
    assert_eq!(said(line("info", 0).repeat(200_001)), incomplete);
    let errors = |count| (0..count).map(|it| line("error", it)).collect::<String>();
    assert_eq!(said(errors(10_000)), None);
    assert_eq!(said(errors(10_001)), incomplete);
}
