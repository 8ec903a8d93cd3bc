//! A gate without a service around it: the decision, its attestation, and whoever verifies that.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Category, ClaimedEvidence, Evidence, Scope, SourceName, Subject};
use passport_policy::{
    attest::{
        Ed25519Signer, Expected, Purpose, Signer as _, TrustedKey, TrustedKeys, attestation, verify,
    },
    gate::{Asked, Decided, Decision, GatePolicy, Mode, Requirement, Wanted, decide},
    passport::{Digest, Passport},
};
use serde_json::json;

use crate::Arguments;
use crate::load::{Figures, median};
use crate::report::{Aim, table};

const SOURCES: usize = 10;
const FACTS_OF_A_SOURCE: usize = 10;
const MAX_AGE_SECONDS: i64 = 300;

/// A release whose ten sources tell ten passed facts each, all of them required.
struct Release {
    policy: GatePolicy,
    scope: Scope,
    subject: Subject,
    planned: BTreeMap<SourceName, Category>,
    evidence: Vec<Evidence>,
    now: DateTime<Utc>,
}

/// The decision, the signature and the verification.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let release = Release::new()?;
    let signer = Ed25519Signer::from_pem(&key().await?.into())?;
    let passport = release.passport();
    let envelope = attestation(&passport, None, &signer)?;
    let keys = TrustedKeys::of(vec![TrustedKey::always(signer.public_key().clone())])?;
    let size = format!("{} KiB", envelope.len() >> 10);
    let head = [
        "gate of 100 facts",
        "a second",
        "facts/s",
        "p50 ms",
        "p99 ms",
        "aim",
    ];
    let mut lines = table(&head);

    let figures = timed(arguments, || {
        let decided = release.decided();
        ensure!(decided.decision == Decision::Allow, "{decided:?}");
        Ok(())
    })?;
    let facts = figures.per_second * (SOURCES * FACTS_OF_A_SOURCE) as f64;
    let aim = Aim::AtLeast(500_000.0).judged(facts);
    lines.add_row(line("decide", figures, format!("{facts:.0}"), aim));

    let figures = timed(arguments, || {
        let signed = attestation(&passport, None, &signer)?;
        ensure!(
            signed == envelope,
            "Ed25519 signs the same bytes in one way"
        );
        Ok(())
    })?;
    let aim = Aim::AtMost(0.2).judged(figures.p50_ms);
    lines.add_row(line(
        &format!("state and sign: {size}"),
        figures,
        String::new(),
        aim,
    ));

    let figures = timed(arguments, || {
        let verified = verify(&envelope, &release.expected(&keys))?;
        ensure!(verified.key_id == signer.key_id(), "another key");
        Ok(())
    })?;
    let aim = Aim::AtMost(0.2).judged(figures.p50_ms);
    lines.add_row(line(
        &format!("verify: {size}"),
        figures,
        String::new(),
        aim,
    ));
    Ok(lines.to_string())
}

fn line(name: &str, figures: Figures, facts: String, aim: String) -> [String; 6] {
    [
        name.to_owned(),
        format!("{:.0}", figures.per_second),
        facts,
        format!("{:.3}", figures.p50_ms),
        format!("{:.3}", figures.p99_ms),
        aim,
    ]
}

/// One thing over and over, on one core; each figure is the median of the runs.
fn timed(arguments: &Arguments, mut once: impl FnMut() -> Result<()>) -> Result<Figures> {
    let load = arguments.load(1);
    let mut runs = Vec::new();
    for _ in 0..load.runs {
        let began = Instant::now();
        let mut took = Vec::new();
        for _ in 0..load.calls {
            let began = Instant::now();
            once()?;
            took.push(began.elapsed());
        }
        runs.push(Figures::of(took, began.elapsed())?);
    }
    let of = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure));
    Ok(Figures {
        per_second: of(|it| it.per_second)?,
        p50_ms: of(|it| it.p50_ms)?,
        p99_ms: of(|it| it.p99_ms)?,
    })
}

/// A private key, as PEM.
///
/// # Errors
/// OpenSSL is not there.
pub async fn key() -> Result<String> {
    let mut openssl = tokio::process::Command::new("openssl");
    openssl.args(["genpkey", "-algorithm", "ed25519"]);
    let output = openssl.output().await.context("openssl can't be run")?;
    ensure!(output.status.success(), "openssl makes no key");
    Ok(String::from_utf8(output.stdout)?)
}

// === impl Release ===

impl Release {
    fn new() -> Result<Self> {
        let now = DateTime::from_timestamp(1_777_800_600, 0).context("a time")?;
        let scope: Scope = serde_json::from_value(json!({
            "workspaceId": "acme",
            "service": "checkout-api",
            "environment": "production",
        }))?;
        let names = (0..SOURCES).map(|number| format!("source-{number}"));
        let names = names.map(|name| SourceName::new(&name));
        let names: Vec<_> = names.collect::<Result<_, _>>()?;
        let evidence = names.iter().map(|it| evidence_of(it, &scope, now));
        let required = names.iter().cloned().map(Wanted::Source);
        let required = required.map(|source| Requirement::of(source, []));
        Ok(Self {
            policy: GatePolicy {
                mode: Mode::Enforce,
                requirements: required.collect(),
                ..GatePolicy::default()
            },
            evidence: evidence.collect::<Result<_>>()?,
            planned: names
                .into_iter()
                .map(|it| (it, Category::Metrics))
                .collect(),
            subject: Subject {
                version: None,
                revision: Some("a".repeat(40)),
                artifact_digests: vec![format!("sha256:{}", "1".repeat(64))],
            },
            scope,
            now,
        })
    }

    fn decided(&self) -> Decided {
        decide(&Asked {
            policy: &self.policy,
            scope: &self.scope,
            subject: Some(&self.subject),
            planned: &self.planned,
            evidence: &self.evidence,
            failures: &[],
            waivers: &[],
            approvals: &[],
            now: self.now,
        })
    }

    fn passport(&self) -> Passport {
        let decided = self.decided();
        Passport {
            id: uuid::Uuid::nil(),
            scope: self.scope.clone(),
            subject: Some(self.subject.clone()),
            decision: decided.decision,
            mode: decided.mode,
            until_allowed: decided.until_allowed().map(str::to_owned).collect(),
            requirements: decided.requirements,
            evidence: self.evidence.clone(),
            failures: Vec::new(),
            waivers: Vec::new(),
            approvals: Vec::new(),
            policy_digest: Digest::of(b"policy"),
            decided_at: self.now,
            valid_until: decided.valid_until,
            asked_by: "ci".to_owned(),
            revoked_at: None,
        }
    }

    fn expected<'a>(&'a self, keys: &'a TrustedKeys) -> Expected<'a> {
        Expected {
            keys,
            workspace: &self.scope.workspace,
            scope: Some(&self.scope),
            subject: &self.subject,
            policy_digest: None,
            purpose: Purpose::Approval,
            now: self.now + TimeDelta::seconds(1),
        }
    }
}

fn evidence_of(source: &SourceName, scope: &Scope, now: DateTime<Utc>) -> Result<Evidence> {
    let facts = (0..FACTS_OF_A_SOURCE).map(|number| {
        json!({
            "name": format!("error_rate_{number}"),
            "status": "passed",
            "value": "0.02%",
            "threshold": "< 1%",
            "observedAt": now,
        })
    });
    let claimed: ClaimedEvidence = serde_json::from_value(json!({
        "connector": "prometheus",
        "scope": scope,
        "freshness": { "observedAt": now, "maxAgeSeconds": MAX_AGE_SECONDS },
        "facts": facts.collect::<Vec<_>>(),
        "source": source.as_str(),
        "provenance": { "origin": "pulled", "collectedAt": now },
    }))?;
    Ok(claimed.admit(now))
}
