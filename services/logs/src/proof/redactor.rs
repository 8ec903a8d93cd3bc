//! The redactor itself, on lines with every kind of secret.

use std::collections::BTreeMap;

use passport_connector_sdk::redaction::{EXCERPT_CHARS, Redactor, excerpts};
use passport_evidence::excerpts::MAX_EXCERPTS;

use super::{LINES, Line, Seen, kinds::KINDS, line, places::PLACES, random, secret};

fn leak(line: &Line, shown: &str) -> Option<String> {
    let seen = Seen::of(shown);
    let piece = seen.shows(&line.secret.pieces)?;
    Some(format!("{piece:?} of {:?} became {shown:?}", line.text))
}

#[test]
fn every_kind_goes_from_every_place() {
    let mut random = random(1);
    let redactor = Redactor::new(true);
    let mut leaks = BTreeMap::new();
    for (kind, make) in KINDS {
        for (place, put) in PLACES {
            for _ in 0..25 {
                let secret = make(&mut random);
                let text = put(&mut random, &secret);
                let line = Line { text, secret };
                let out = redactor.redact(&line.text).text;
                if let Some(leak) = leak(&line, &out) {
                    leaks.insert((kind, place), leak);
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{} {leaks:#?}", leaks.len());
}

#[test]
fn what_is_shown_of_any_line_is_short_and_holds_no_secret() {
    let mut random = random(2);
    let all: Vec<_> = (0..LINES).map(|_| secret(&mut random)).collect();
    let all: Vec<_> = all.into_iter().map(|it| line(&mut random, it)).collect();
    for lines in all.chunks(5) {
        let shown = excerpts(lines.iter().map(|it| it.text.as_str()), None).into_texts();
        assert!(shown.len() <= MAX_EXCERPTS);
        for text in &shown {
            assert!(text.chars().count() <= EXCERPT_CHARS, "{text}");
            assert!(!text.contains(char::is_control), "{text:?}");
        }
        let shown = shown.join("\n");
        for line in lines {
            assert_eq!(leak(line, &shown), None);
        }
    }
}

/// Each secret is one hit of its own pattern, and of no other.
#[test]
fn the_counts_are_those_of_the_secrets() {
    let mut random = random(3);
    for (kind, make) in KINDS {
        for _ in 0..40 {
            let (one, other) = (make(&mut random), make(&mut random));
            let line = format!("refused {} ... and {} too", one.text, other.text);
            let counts = Redactor::new(one.id == "entropy").redact(&line).counts;
            let counts: BTreeMap<_, _> = counts
                .into_iter()
                .map(|(id, n)| (id.to_string(), n))
                .collect();
            // A key that goes on to the end of a cut line is one with what follows it.
            assert_eq!(counts, [(one.id.to_owned(), 2)].into(), "{kind}: {line}");
        }
    }
}

/// Redacted again, or cut before and again, nothing more is hidden or shown.
#[test]
fn redacting_again_changes_nothing() {
    let mut random = random(4);
    let redactor = Redactor::new(true);
    for _ in 0..LINES / 4 {
        let secret = secret(&mut random);
        let line = line(&mut random, secret);
        let once = redactor.redact(&line.text).text;
        assert_eq!(redactor.redact(&once).text, once, "{}", line.text);
    }
}
