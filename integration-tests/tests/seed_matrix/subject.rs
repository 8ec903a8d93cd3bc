//! The one release that all rows speak of, and who may speak.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const VERSION: &str = "2.14.0";
pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
pub const DIGEST: &str = "sha256:5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";

/// A person who states and delivers.
pub const ADA: &str = "token-of-ada";
/// A person who confirms.
pub const BOB: &str = "token-of-bob";
/// The pipeline.
pub const PIPELINE: &str = "token-of-the-pipeline";

const ISSUER: &str = "https://idp.example.com";

/// The case, told of the one release by the one pair of persons.
pub fn of_one_release(case: Value) -> Result<Value> {
    let subject = &case["subject"];
    let digests = subject["artifactDigests"].as_array();
    let mut said: Vec<(String, String)> = digests
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|digest| (digest.to_owned(), DIGEST.to_owned()))
        .collect();
    let others = [("/revision", REVISION), ("/version", VERSION)];
    said.extend(others.into_iter().filter_map(|(part, ours)| {
        let theirs = subject.pointer(part)?.as_str()?;
        Some((theirs.to_owned(), ours.to_owned()))
    }));
    for (role, person) in [("caller", "ada"), ("approver", "bob")] {
        if let Some(id) = case
            .pointer(&format!("/rules/{role}/id"))
            .and_then(Value::as_str)
        {
            said.push((id.to_owned(), format!("{ISSUER}|{person}")));
        }
    }
    let text = case.to_string();
    let told = said
        .iter()
        .fold(text, |text, (theirs, ours)| text.replace(theirs, ours));
    serde_json::from_str(&told).context("the case is spoilt by the release")
}

/// The tokens that the gateway knows.
pub fn tokens() -> Value {
    let pipeline = token(PIPELINE, None, &["collect", "evaluate", "read", "notify"]);
    let ada = token(ADA, Some("ada"), &["ingest"]);
    let bob = token(BOB, Some("bob"), &["ingest", "approve"]);
    json!({ "tokens": [pipeline, ada, bob] })
}

fn token(text: &str, person: Option<&str>, verbs: &[&str]) -> Value {
    let mut token = json!({
        "id": text.trim_start_matches("token-of-"),
        "sha256": hex::encode(Sha256::digest(text)),
        "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["checkout-api"],
            "environments": ["production"],
            "verbs": verbs,
        }],
    });
    if let Some(subject) = person {
        token["person"] = json!({ "issuer": ISSUER, "subject": subject });
    }
    token
}
