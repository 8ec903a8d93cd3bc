//! Lines with secrets in them.

use anyhow::{Context as _, Result, ensure};
use passport_integration_tests::workspace;
use serde_json::Value;

use crate::search::Canary;

const CORPUS: &str = "shared/connector-sdk/testdata/redaction/lines.json";
/// Shorter parts of a line occur elsewhere by chance.
const SHORTEST: usize = 8;

/// Lines, and what must not be seen of them.
pub struct Lines {
    /// As they were written.
    pub texts: Vec<String>,
    /// Their secrets.
    pub canaries: Vec<Canary>,
}

/// The parts of a line that stand where its redacted form has a replacement.
fn secrets(raw: &str, redacted: &str) -> Vec<String> {
    let (mut rest, mut found) = (raw, Vec::new());
    for (at, piece) in redacted.split("[REDACTED:").enumerate() {
        let kept = match at {
            0 => piece,
            _ => piece.split_once(']').map_or("", |(_, kept)| kept),
        };
        let start = match kept {
            "" => rest.len(),
            kept => rest.find(kept).unwrap_or(rest.len()),
        };
        if at > 0 {
            found.extend(rest.get(..start).map(str::to_owned));
        }
        rest = rest.get(start + kept.len()..).unwrap_or_default();
    }
    found
}

/// The lines of the corpus of redaction.
pub fn corpus() -> Result<Lines> {
    let text = std::fs::read(workspace::root().join(CORPUS))?;
    let all: Vec<Value> = serde_json::from_slice(&text)?;
    let (mut texts, mut canaries) = (Vec::new(), Vec::new());
    for line in &all {
        let raw = line["in"].as_str().context("a line without a text")?;
        let redacted = line["out"].as_str().context("a line without its form")?;
        let pieces = secrets(raw, redacted);
        ensure!(!pieces.is_empty(), "no secret in {raw}");
        let long = pieces.into_iter().filter(|it| it.len() >= SHORTEST);
        canaries.extend(long.map(|it| Canary::of("corpus", it)));
        texts.push(raw.to_owned());
    }
    Ok(Lines { texts, canaries })
}

/// A line for each way in which a secret of its own may stand in one.
pub fn generated() -> Result<Lines> {
    type Form = (&'static str, fn(&str) -> String);
    const FORMS: [Form; 9] = [
        ("password", |it| {
            format!("login of app failed password={it}")
        }),
        ("bearer", |it| {
            format!("GET /pay authorization: Bearer {it}")
        }),
        ("userinfo", |it| {
            format!("connect to postgres://app:{it}@db.internal:5432/shop failed")
        }),
        ("api key", |it| {
            format!("{{\"api_key\":\"{it}\",\"order\":17}}")
        }),
        ("github token", |it| format!("push with ghp_{it} refused")),
        ("slack token", |it| format!("post with xoxb-{it} refused")),
        ("cookie", |it| {
            format!("request cookie=session={it}; path=/")
        }),
        ("vault token", |it| {
            format!("read secret x-vault-token: {it}")
        }),
        ("app key", |it| {
            format!("call dd-application-key={it} refused")
        }),
    ];
    let (mut texts, mut canaries) = (Vec::new(), Vec::new());
    for (kind, line) in FORMS {
        let (_, secret) = Canary::token(kind)?;
        let plain = secret.replace(['+', '/'], "q");
        texts.push(line(&plain));
        canaries.push(Canary::of(kind, &plain));
    }
    Ok(Lines { texts, canaries })
}
