//! Roles that are assumed, and a machine's own: who is asked for keys, when again, and who never.

mod machines;
mod refusing;
mod roles;

use std::{io::Write as _, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Hub, HubOptions, Kept,
    Observation,
    provider::{AddressPolicy, MachineCredentials},
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FailureCode};
use passport_testkit::{
    capture, connector,
    env::Env,
    provider::{Provider, Reply, Script, Seen},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Asking, Credential, CredentialSettings, Sts};

pub(super) use machines::{of_machine, opened};

pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/reader";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// Asks who it is.
struct Kind;

struct Source {
    credential: Credential,
    sts: Sts,
}

#[derive(Deserialize, JsonSchema)]
struct Settings {
    credential: Option<CredentialSettings>,
    sts_endpoint: String,
}

impl ConnectorKind for Kind {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "stand-in",
        display_name: "Stand-in",
        category: Category::Runtime,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull],
        credential: "",
        evidence: "",
        minimum_scope: "",
        avoid: "",
        facts: &[],
        default_max_age_seconds: 60,
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let credential = CredentialSettings::credential(settings.credential.as_ref(), builder)?;
        let at = ("sts_endpoint", Some(settings.sts_endpoint.as_str()));
        let sts = Sts::build("eu-west-1", at, &credential, builder)?;
        Some(Box::new(Source { credential, sts }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let failed = |error: passport_connector_sdk::ReadError| {
            let other = || CollectError::new(FailureCode::Internal);
            error.failure().unwrap_or_else(other)
        };
        let keys = self
            .credential
            .keys(&self.sts, request)
            .await
            .map_err(failed)?;
        let asking = Asking {
            keys: &keys,
            request,
        };
        self.sts.identity(asking).await.map_err(failed)?;
        Ok(Observation::pulled(Vec::new()))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        self.collect(request, &Kept::default()).await
    }
}

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

pub(super) fn xml(text: &str) -> Reply {
    Reply::text(200, text).header("Content-Type", "text/xml")
}

pub(super) fn identity() -> Reply {
    xml("<GetCallerIdentityResponse><GetCallerIdentityResult>\
         <Arn>arn:aws:sts::111122223333:assumed-role/reader/s</Arn><Account>111122223333</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>")
}

/// Keys of a role until then, by this call.
pub(super) fn handed_out(action: &str, ends: DateTime<Utc>) -> Reply {
    xml(&format!(
        "<{action}Response><{action}Result><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
         <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-session</SessionToken>\
         <Expiration>{}</Expiration></Credentials></{action}Result></{action}Response>",
        ends.to_rfc3339()
    ))
}

fn form(script: Script, action: &str, reply: Reply) -> Script {
    script
        .on("POST", "/")
        .body(json!({"Action": action}))
        .respond(reply)
}

/// A token service that hands out keys for so many minutes.
pub(super) fn sts(action: &str, minutes: i64) -> Script {
    let ends = now() + TimeDelta::minutes(minutes);
    let script = form(Provider::script(), action, handed_out(action, ends));
    form(script, "GetCallerIdentity", identity())
}

pub(super) fn env() -> Env {
    Env::from_iter(
        [
            ("ID", "AKIDOWN"),
            ("SECRET", "own-secret"),
            ("TOKEN", "web-token"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
}

pub(super) fn hub(env: &Env, machine: MachineCredentials) -> Hub {
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: std::time::Duration::ZERO,
        machine,
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(env.clone()))
}

pub(super) fn keys() -> Value {
    json!({"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}})
}

fn assuming(mut base: Value) -> Value {
    base["assume_role"] = json!({
        "role_arn": ROLE, "external_id": "partner/17", "session_name": "release-gate",
    });
    base
}

pub(super) fn built(
    credential: &Value,
    base: &str,
    hub: &Hub,
) -> Result<Box<dyn Connector>, String> {
    let source = json!({"connector": "stand-in", "credential": credential, "sts_endpoint": base});
    connector::built::<Kind>(&source, hub)
}

pub(super) async fn asked(source: &dyn Connector, now: DateTime<Utc>) -> Result<(), FailureCode> {
    let collected = source
        .collect(&connector::request(now), &Kept::default())
        .await;
    collected.map(drop).map_err(|it| it.code)
}

pub(super) fn count(seen: &[Seen], action: &str) -> usize {
    let text = |it: &Seen| String::from_utf8_lossy(&it.body).into_owned();
    let wanted = format!("Action={action}&");
    seen.iter()
        .filter(|it| text(it).starts_with(&wanted))
        .count()
}
