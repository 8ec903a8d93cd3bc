//! Attestations beside software that was not made here: `securesystemslib` and `in-toto-attestation`.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use passport_integration_tests::{wait::PATIENCE, workspace};
use passport_policy::{
    attest::{
        Ed25519Signer, Expected, Purpose, Refused, Signer as _, TrustedKeys, Verified, attestation,
        verify,
    },
    passport::Passport,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

const PYTHON: &str = "integration-tests/.tools/venv/bin/python";

/// An attestation, the key that signed it, and both as files.
struct World {
    passport: Passport,
    signer: Ed25519Signer,
    envelope: Vec<u8>,
    folder: TempDir,
}

// === impl World ===

impl World {
    async fn new() -> Result<Self> {
        let passport = serde_json::from_value(passport())?;
        let mut openssl = Command::new("openssl");
        openssl.args(["genpkey", "-algorithm", "ed25519"]);
        let key = printed(openssl).await?;
        let signer = Ed25519Signer::from_pem(&key.clone().into())?;
        let world = Self {
            envelope: attestation(&passport, None, &signer)?,
            passport,
            signer,
            folder: TempDir::new()?,
        };
        world.write("envelope.json", &world.envelope)?;
        world.write("public.pem", world.signer.public_key().to_pem().as_bytes())?;
        world.write("private.pem", key.as_bytes())?;
        Ok(world)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }

    /// What a script said of the envelope and one of the keys.
    async fn asked(&self, script: &str, key: &str) -> Result<String> {
        let folder = self.folder.path();
        said(script, &folder.join("envelope.json"), &folder.join(key)).await
    }

    /// What is made of an envelope here, shown to somebody who trusts the key.
    fn verified(&self, envelope: &[u8]) -> Result<Result<Verified, Refused>> {
        let keys = TrustedKeys::parse(&self.signer.public_key().to_pem())?;
        let subject = self.passport.subject.as_ref().context("a release")?;
        Ok(verify(
            envelope,
            &Expected {
                keys: &keys,
                workspace: &self.passport.scope.workspace,
                scope: Some(&self.passport.scope),
                subject,
                policy_digest: Some(self.passport.policy_digest),
                purpose: Purpose::Approval,
                now: self.passport.decided_at,
            },
        ))
    }
}

async fn said(script: &str, envelope: &Path, key: &Path) -> Result<String> {
    let mut command = Command::new(PYTHON);
    command
        .arg(format!("integration-tests/tests/attestation/{script}"))
        .args([envelope, key])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    printed(command).await
}

async fn printed(mut command: Command) -> Result<String> {
    command.current_dir(workspace::root()).stdin(Stdio::null());
    command.kill_on_drop(true);
    let output = timeout(PATIENCE, command.output())
        .await
        .context("a program hangs")?
        .context("a program can't be run: integration-tests/test.sh installs what is needed")?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => bail!(String::from_utf8(output.stderr)?),
    }
}

fn passport() -> Value {
    let scope = json!({
        "workspaceId": "workspace-acme-prod",
        "service": "checkout-api",
        "environment": "production",
    });
    json!({
        "passportId": "019a0000-0000-7000-8000-000000000001",
        "scope": scope,
        "subject": { "revision": "a".repeat(40), "artifactDigests": [format!("sha256:{}", "1".repeat(64))] },
        "decision": "allow",
        "mode": "enforce",
        "requirements": [{
            "requirement": "error_rate of prom",
            "state": "satisfied",
            "consequence": "allow",
            "explanation": "error_rate (région \"eu\"\t🚦) is 0.02%, passed",
        }],
        "untilAllowed": [],
        "evidence": [{
            "connector": "prometheus",
            "scope": scope,
            "freshness": { "observedAt": "2026-05-03T09:30:00Z", "maxAgeSeconds": 300 },
            "facts": [{
                "name": "error_rate",
                "status": "passed",
                "value": "0.02%",
                "threshold": "< 1%",
                "item": "région \"eu\"\t🚦",
                "observedAt": "2026-05-03T09:30:00Z",
            }],
            "source": "prom",
            "provenance": { "origin": "pulled", "collectedAt": "2026-05-03T09:30:01Z" },
        }],
        "failures": [],
        "waivers": [],
        "policyDigest": format!("sha256:{}", "2".repeat(64)),
        "decidedAt": "2026-05-03T09:30:02Z",
        "validUntil": "2026-05-03T09:35:00Z",
        "askedBy": "ci",
    })
}

#[tokio::test]
async fn others_verify_an_attestation_by_its_public_key_and_read_its_statement() -> Result<()> {
    let world = World::new().await?;
    let said: Value = serde_json::from_str(&world.asked("verify.py", "public.pem").await?)?;
    assert_eq!(
        said,
        json!({
            "keys": [world.signer.key_id()],
            "payloadType": "application/vnd.in-toto+json",
            "subject": [
                ["checkout-api", { "sha256": "1".repeat(64) }],
                ["checkout-api", { "gitCommit": "a".repeat(40) }],
            ],
            "predicateType": "urn:passport-mesh:attestation:release-passport:v1",
            "decision": "allow",
            "bound": { "prom": true },
        })
    );
    let verified = world.verified(&world.envelope)??;
    assert_eq!(verified.key_id, world.signer.key_id());
    Ok(())
}

#[tokio::test]
async fn others_refuse_an_attestation_that_was_changed_or_that_another_key_signed() -> Result<()> {
    let world = World::new().await?;
    let stranger = World::new().await?;
    world.write(
        "stranger.pem",
        stranger.signer.public_key().to_pem().as_bytes(),
    )?;
    let refused = world.asked("verify.py", "stranger.pem").await.unwrap_err();
    assert!(
        refused.to_string().contains("VerificationError"),
        "{refused}"
    );
    let mut changed: Value = serde_json::from_slice(&world.envelope)?;
    let theirs: Value = serde_json::from_slice(&stranger.envelope)?;
    changed["signatures"][0]["sig"] = theirs["signatures"][0]["sig"].clone();
    world.write("envelope.json", changed.to_string().as_bytes())?;
    let refused = world.asked("verify.py", "public.pem").await.unwrap_err();
    assert!(
        refused.to_string().contains("VerificationError"),
        "{refused}"
    );
    Ok(())
}

#[tokio::test]
async fn what_others_sign_with_a_trusted_key_is_verified_here() -> Result<()> {
    let world = World::new().await?;
    let mut theirs: Value = serde_json::from_str(&world.asked("sign.py", "private.pem").await?)?;
    // Whoever names keys in another way names none of the trusted ones.
    let named = world.verified(theirs.to_string().as_bytes())?;
    assert_eq!(named, Err(Refused::UntrustedKey));
    theirs["signatures"][0]["keyid"] = world.signer.key_id().into();
    let verified = world.verified(theirs.to_string().as_bytes())??;
    assert_eq!(verified.passport.id, world.passport.id);
    Ok(())
}
