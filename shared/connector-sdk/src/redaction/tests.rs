use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "in")]
    raw: String,
    out: String,
    counts: BTreeMap<String, u32>,
}

fn corpus() -> Vec<Line> {
    serde_json::from_str(include_str!("../../testdata/redaction/lines.json")).unwrap()
}

pub(super) fn plain(text: &str) -> String {
    Redactor::new(false).redact(text).text
}

pub(super) fn counted(text: &str) -> BTreeMap<String, u32> {
    let counts = Redactor::new(false).redact(text).counts;
    counts
        .into_iter()
        .map(|(id, n)| (id.to_string(), n))
        .collect()
}

#[test]
fn every_pattern_compiles() {
    Patterns::compile().unwrap();
}

#[test]
fn without_its_patterns_everything_is_withheld() {
    let out = Redactor::new(false).redact_with(None, "nothing secret here");
    assert_eq!(out.text, "[REDACTED]");
}

#[test]
fn the_corpus_comes_out_exactly() {
    for line in corpus() {
        assert_eq!(plain(&line.raw), line.out);
        assert_eq!(counted(&line.raw), line.counts, "{}", line.raw);
    }
}

#[test]
fn redacting_the_corpus_twice_is_redacting_it_once() {
    for line in corpus() {
        assert_eq!(plain(&line.out), line.out);
        assert_eq!(counted(&line.out), BTreeMap::new(), "{}", line.out);
    }
}

/// A cut within the secret must leave no more than the line before it, and the replacement.
#[test]
fn a_line_cut_anywhere_keeps_its_secret() {
    let minimum = [
        ("private_key", 10),
        ("auth", 1),
        ("jwt", 11),
        ("secret_kv", 1),
    ];
    for line in corpus() {
        for (id, minimum) in minimum
            .iter()
            .filter(|(id, _)| line.counts.contains_key(*id))
        {
            let marker = format!("[REDACTED:{id}]");
            let (head, tail) = line.out.split_once(&marker).unwrap();
            let (start, end) = (head.len(), line.raw.len() - tail.len());
            for cut in (start..=end).filter(|cut| line.raw.is_char_boundary(*cut)) {
                let out = plain(&line.raw[..cut]);
                if cut - start >= *minimum {
                    assert_eq!(out, format!("{head}{marker}"), "cut at {cut}");
                }
            }
            for cut in end..=line.raw.len() {
                assert!(plain(&line.raw[..cut]).starts_with(&format!("{head}{marker}")));
            }
        }
    }
}

#[test]
fn an_excerpt_is_redacted_before_it_is_cut() {
    let line = format!("{} password=hunter2-and-more", "é".repeat(140));
    let out = Redactor::new(true).excerpt(&line);
    assert_eq!(out.text, format!("{} password=", "é".repeat(140)));
    assert_eq!(out.counts[&PatternId::SecretKv], 1);
    assert_eq!(
        Redactor::new(true).excerpt(&"é".repeat(200)).text,
        "é".repeat(EXCERPT_CHARS)
    );
}

#[test]
fn lines_of_one_kind_have_one_fingerprint() {
    let key = [7; 32];
    let one = fingerprint(
        &key,
        r#"order 17 of "ana b" failed at 2026-05-03T09:30:00Z id 3f2c9a1b-77aa"#,
    );
    let two = fingerprint(
        &key,
        r#"order 9 of "bo" failed at 2026-05-04T10:31:00Z id deadbeef"#,
    );
    assert_eq!(one, two);
    assert_eq!(one.len(), 12);
    assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(one, fingerprint(&key, "payment 17 failed"));
    assert_ne!(
        one,
        fingerprint(
            &[8; 32],
            r#"order 9 of "bo" failed at 2026-05-04T10:31:00Z id deadbeef"#
        )
    );
}

#[test]
fn a_fingerprint_is_the_keyed_hash_others_compute() {
    // HMAC-SHA256 of "disk full" under 32 bytes of 0x01.
    assert_eq!(fingerprint(&[1; 32], "disk  full 17"), "0c2ebc23def2");
}

#[test]
fn labels_that_name_a_secret_or_a_person_are_forbidden() {
    for name in [
        "Api_Key",
        "userId",
        "client_ip",
        "cardType",
        "SESSION",
        "iban",
    ] {
        assert!(forbidden_label(name), "{name}");
    }
    for name in ["namespace", "code", "region"] {
        assert!(!forbidden_label(name), "{name}");
    }
}
