//! The corpus of redaction, as lines of a store.

use passport_testkit::capture;
use serde::Deserialize;

/// A line, and what has to come of it.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "in")]
    raw: String,
    out: String,
}

/// The parts of a line that stand where its redacted form has a replacement.
fn secrets(line: &Line) -> Vec<&str> {
    let (mut rest, mut found) = (line.raw.as_str(), Vec::new());
    for (at, piece) in line.out.split("[REDACTED:").enumerate() {
        let kept = match at {
            0 => piece,
            _ => piece.split_once(']').unwrap().1,
        };
        let start = match kept {
            "" => rest.len(),
            kept => rest.find(kept).unwrap(),
        };
        if at > 0 {
            found.push(&rest[..start]);
        }
        rest = &rest[start + kept.len()..];
    }
    found
}

fn lines() -> Vec<Line> {
    let corpus = include_str!("../../../shared/connector-sdk/testdata/redaction/lines.json");
    let corpus: Vec<Line> = serde_json::from_str(corpus).unwrap();
    assert!(corpus.len() >= 9);
    corpus
}

/// Its lines, as they were written.
pub fn raw() -> Vec<String> {
    lines().into_iter().map(|it| it.raw).collect()
}

/// Holds what a collection shows of each line, and logs meanwhile, to the line's redacted form.
pub async fn stays_inside<F: Future<Output = String>>(
    collected: impl Fn(String) -> F + Clone + Send + 'static,
) {
    for line in lines() {
        let (raw, collected) = (line.raw.clone(), collected.clone());
        let (shown, log) = capture::logged(move || collected(raw)).await.unwrap();
        let wanted = serde_json::to_string(&line.out).unwrap();
        assert!(shown.contains(&wanted), "{shown}");
        assert!(!secrets(&line).is_empty());
        for secret in secrets(&line) {
            let leaks = shown.contains(secret) || log.contains(secret);
            assert!(!leaks, "{secret} of {shown}");
        }
    }
}
