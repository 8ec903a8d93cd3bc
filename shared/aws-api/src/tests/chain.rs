//! Roles that are assumed, and a machine's own: who is asked for keys, when again, and who never.

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

#[tokio::test]
async fn a_role_is_assumed_with_keys_and_then_asks() {
    let provider = sts("AssumeRole", 15).start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let source = built(&assuming(keys()), &provider.base(), &hub).unwrap();
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    let [assumed, asked] = provider.requests().try_into().unwrap();
    let body = String::from_utf8_lossy(&assumed.body).into_owned();
    let wanted = "Action=AssumeRole&Version=2011-06-15\
        &RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Freader&RoleSessionName=release-gate\
        &DurationSeconds=900&ExternalId=partner%2F17";
    assert_eq!(body, wanted);
    assert!(
        assumed
            .header("authorization")
            .unwrap()
            .contains("Credential=AKIDOWN/")
    );
    assert_eq!(assumed.header("x-amz-security-token"), None);
    assert!(
        asked
            .header("authorization")
            .unwrap()
            .contains("Credential=ASIAROLE/")
    );
    assert_eq!(asked.header("x-amz-security-token"), Some("role-session"));
}

#[tokio::test]
async fn a_role_is_assumed_by_a_role_that_a_token_may_assume() {
    let ends = now() + TimeDelta::minutes(15);
    let first = handed_out("AssumeRoleWithWebIdentity", ends);
    let script = form(sts("AssumeRole", 15), "AssumeRoleWithWebIdentity", first);
    let provider = script.start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let web = json!({"web_identity": {"token": {"env": "TOKEN"}, "role_arn": ROLE}});
    let source = built(&assuming(web), &provider.base(), &hub).unwrap();
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    let seen = provider.requests();
    assert_eq!(count(&seen, "AssumeRoleWithWebIdentity"), 1);
    assert_eq!(count(&seen, "AssumeRole"), 1);
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn keys_serve_until_shortly_before_their_end() {
    let provider = sts("AssumeRole", 15).start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let source = built(&assuming(keys()), &provider.base(), &hub).unwrap();
    for (seconds, wanted) in [(0, 1), (30, 1), (599, 1), (600, 2), (601, 3)] {
        let then = now() + TimeDelta::seconds(seconds);
        assert_eq!(asked(source.as_ref(), then).await, Ok(()));
        assert_eq!(
            count(&provider.requests(), "AssumeRole"),
            wanted,
            "{seconds}"
        );
    }
    // What is over when it comes serves nobody.
    let late = asked(source.as_ref(), now() + TimeDelta::minutes(15)).await;
    assert_eq!(late, Err(FailureCode::Unauthenticated));
}

#[tokio::test]
async fn keys_end_with_what_they_rest_on_and_when_they_are_refused() {
    let provider = sts("AssumeRole", 60).start().await.unwrap();
    let env = env();
    let source = built(
        &assuming(keys()),
        &provider.base(),
        &hub(&env, MachineCredentials::default()),
    );
    let source = source.unwrap();
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    env.set("SECRET", "a-new-secret");
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    assert_eq!(count(&provider.requests(), "AssumeRole"), 2);
    let ends = now() + TimeDelta::minutes(60);
    let script = form(
        Provider::script(),
        "AssumeRole",
        handed_out("AssumeRole", ends),
    );
    let refused = "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>";
    let refused = Reply::text(403, refused).header("Content-Type", "text/xml");
    provider
        .set(form(script, "GetCallerIdentity", refused))
        .unwrap();
    for wanted in [2, 3] {
        let found = asked(source.as_ref(), now()).await;
        assert_eq!(found, Err(FailureCode::Unauthenticated));
        assert_eq!(count(&provider.requests(), "AssumeRole"), wanted);
    }
}

/// Where machines of this test are handed their credentials.
pub(super) fn opened(
    container: Option<&Provider>,
    instance: Option<&Provider>,
) -> MachineCredentials {
    MachineCredentials {
        workspaces: vec!["workspace-acme-prod".parse().unwrap()],
        container: container.map(Provider::base),
        instance: instance.map(Provider::base),
        web_identity: false,
    }
}

pub(super) fn of_machine(code: Option<&str>) -> Value {
    json!({
        "Code": code, "AccessKeyId": "ASIAMACHINE", "SecretAccessKey": "machine-secret",
        "Token": "machine-session", "Expiration": "2026-05-03T10:30:00Z",
        "RoleArn": ROLE, "Type": "AWS-HMAC",
    })
}

async fn token_service() -> Provider {
    form(Provider::script(), "GetCallerIdentity", identity())
        .start()
        .await
        .unwrap()
}

fn is_machine(seen: &[Seen]) -> bool {
    let shown = seen.iter().filter_map(|it| it.header("authorization"));
    seen.len() == 1
        && shown
            .clone()
            .all(|it| it.contains("Credential=ASIAMACHINE/"))
}

#[tokio::test]
async fn a_container_asks_its_agent_as_its_surroundings_say() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "pod-token").unwrap();
    let path = file.path().to_string_lossy().into_owned();
    for (variables, at, token) in [
        (
            vec![(
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "/v2/credentials/1".to_owned(),
            )],
            "/v2/credentials/1",
            None,
        ),
        (
            vec![
                (
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "{}/v1/credentials".to_owned(),
                ),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path.clone()),
            ],
            "/v1/credentials",
            Some("pod-token"),
        ),
        (
            vec![
                (
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "{}/v1/credentials".to_owned(),
                ),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a-token".to_owned()),
            ],
            "/v1/credentials",
            Some("a-token"),
        ),
    ] {
        let sts = token_service().await;
        let agent = Provider::script()
            .on("GET", at)
            .reply(200, of_machine(None))
            .start()
            .await
            .unwrap();
        let env = env();
        for (name, value) in variables {
            env.set(name, value.replace("{}", &agent.base()));
        }
        let hub = hub(&env, opened(Some(&agent), None));
        let source = built(&json!({"ambient": true}), &sts.base(), &hub).unwrap();
        assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
        assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
        let seen = agent.requests();
        assert_eq!(seen.len(), 1, "kept");
        assert_eq!(seen[0].header("authorization"), token);
        assert!(is_machine(&sts.requests()[..1]));
    }
}

#[tokio::test]
async fn elsewhere_than_at_the_opened_address_nothing_is_asked() {
    let other = Provider::script()
        .any()
        .reply(200, of_machine(None))
        .start()
        .await
        .unwrap();
    let agent = Provider::script()
        .any()
        .reply(200, of_machine(None))
        .start()
        .await
        .unwrap();
    let sts = token_service().await;
    for uri in [
        format!("{}/v1/credentials", other.base()),
        "http://169.254.170.2/v2/credentials".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("{}@{}/", agent.base(), "evil.example"),
        "//evil.example/x".to_owned(),
        "/../x/%2e%2e/y".to_owned(),
    ] {
        let env = env();
        env.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri);
        let source = built(
            &json!({"ambient": true}),
            &sts.base(),
            &hub(&env, opened(Some(&agent), None)),
        );
        let found = asked(source.unwrap().as_ref(), now()).await;
        // The last one stays at the agent: what is above it is not reached.
        if uri != "/../x/%2e%2e/y" {
            assert!(found.is_err(), "{uri}");
            assert!(agent.requests().is_empty(), "{uri}");
        }
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_container_never_takes_the_role_of_the_machine_below() {
    let instance = Provider::script()
        .any()
        .reply(200, of_machine(None))
        .start()
        .await
        .unwrap();
    let sts = token_service().await;
    let env = env();
    env.set(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "/v2/credentials/1",
    );
    let hub = hub(&env, opened(None, Some(&instance)));
    let source = built(&json!({"ambient": true}), &sts.base(), &hub).unwrap();
    assert!(asked(source.as_ref(), now()).await.is_err());
    assert!(instance.requests().is_empty());
}

/// A metadata service that answers only to whoever shows a token that it gave.
fn metadata(roles: Reply, keys: Value) -> Script {
    let script = Provider::script()
        .on("PUT", "/latest/api/token")
        .header(TTL, "60");
    let script = script.respond(Reply::text(200, "imds-token"));
    let listed = "/latest/meta-data/iam/security-credentials/";
    let shown = "x-aws-ec2-metadata-token";
    let script = script
        .on("GET", listed)
        .header(shown, "imds-token")
        .respond(roles);
    let of_role = format!("{listed}reader");
    script
        .on("GET", of_role)
        .header(shown, "imds-token")
        .reply(200, keys)
}

#[tokio::test]
async fn a_virtual_machine_asks_in_the_second_version_alone() {
    let script = metadata(Reply::text(200, "reader\n"), of_machine(Some("Success")));
    let instance = script.start().await.unwrap();
    let sts = token_service().await;
    let hub = hub(&env(), opened(None, Some(&instance)));
    let source = built(&json!({"ambient": true}), &sts.base(), &hub).unwrap();
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    assert_eq!(instance.requests().len(), 3);
    assert!(is_machine(&sts.requests()));
}

#[tokio::test]
async fn a_virtual_machine_without_a_role_has_no_keys() {
    for script in [
        metadata(Reply::json(404, json!({})), of_machine(None)),
        metadata(Reply::text(200, ""), of_machine(None)),
        metadata(Reply::text(200, "reader\nwriter"), of_machine(None)),
        metadata(Reply::text(200, "../reader"), of_machine(None)),
        metadata(Reply::text(200, "reader"), of_machine(Some("Failed"))),
        metadata(
            Reply::text(200, "reader"),
            json!(["Success", "ASIAMACHINE"]),
        ),
        Provider::script()
            .any()
            .respond(Reply::text(200, "<html>sign in</html>")),
    ] {
        let instance = script.start().await.unwrap();
        let sts = token_service().await;
        let hub = hub(&env(), opened(None, Some(&instance)));
        let source = built(&json!({"ambient": true}), &sts.base(), &hub).unwrap();
        assert!(asked(source.as_ref(), now()).await.is_err());
        assert!(sts.requests().is_empty());
    }
}

#[tokio::test]
async fn keys_of_every_way_are_logged_nowhere() {
    let work = || async {
        let instance = metadata(Reply::text(200, "reader"), of_machine(Some("Success")));
        let instance = instance.start().await.unwrap();
        let sts = sts("AssumeRole", 15).start().await.unwrap();
        let hub = hub(&env(), opened(None, Some(&instance)));
        let mut shown = String::new();
        for credential in [assuming(keys()), assuming(json!({"ambient": true}))] {
            let source = built(&credential, &sts.base(), &hub).unwrap();
            shown += &format!("{:?}", asked(source.as_ref(), now()).await);
        }
        shown
    };
    let (shown, log) = capture::logged(work).await.unwrap();
    assert_eq!(shown, "Ok(())Ok(())");
    for secret in [
        "own-secret",
        "AKIDOWN",
        "role-secret",
        "role-session",
        "ASIAROLE",
        "machine-secret",
        "machine-session",
        "ASIAMACHINE",
        "imds-token",
        "Signature=",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[test]
fn what_the_operator_has_not_opened_is_refused() {
    let ambient = json!({"ambient": true});
    let base = "http://127.0.0.1:1";
    let of = |machine: MachineCredentials| built(&ambient, base, &hub(&env(), machine)).err();
    let other = MachineCredentials {
        workspaces: vec!["workspace-other".parse().unwrap()],
        instance: Some("http://169.254.169.254".to_owned()),
        ..MachineCredentials::default()
    };
    let own = |origin: &str| MachineCredentials {
        workspaces: vec!["workspace-acme-prod".parse().unwrap()],
        container: Some(origin.to_owned()),
        ..MachineCredentials::default()
    };
    for machine in [
        MachineCredentials::default(),
        other,
        own("http://169.254.1.1"),
        own("http://10.0.0.1"),
        own("http://metadata.example.com"),
        own("http://169.254.170.2.example.com"),
    ] {
        let problems = of(machine.clone()).unwrap_or_default();
        assert!(
            problems.contains("credential.ambient"),
            "{machine:?}: {problems}"
        );
    }
    for origin in [
        "http://169.254.170.2",
        "http://169.254.170.23",
        "http://[fd00:ec2::23]",
        "http://169.254.169.254",
    ] {
        assert_eq!(of(own(origin)), None, "{origin}");
    }
}

#[test]
fn no_other_client_reaches_an_address_that_hands_out_credentials() {
    let machine = MachineCredentials {
        workspaces: vec!["workspace-acme-prod".parse().unwrap()],
        instance: Some("http://169.254.169.254".to_owned()),
        ..MachineCredentials::default()
    };
    for credential in [keys(), assuming(keys()), json!({"ambient": true})] {
        for base in [
            "http://169.254.169.254",
            "http://169.254.170.2",
            "https://[fd00:ec2::254]",
        ] {
            let problems = built(&credential, base, &hub(&env(), machine.clone())).err();
            assert!(
                problems.unwrap_or_default().contains("sts_endpoint"),
                "{base}"
            );
        }
    }
}

#[test]
fn what_is_no_credential_is_refused_where_it_stands() {
    let role = |it: Value| {
        let mut all = keys();
        all["assume_role"] = it;
        all
    };
    for (credential, at) in [
        (json!(null), "credential"),
        (json!({}), "credential"),
        (json!({"access_key_id": {"env": "ID"}}), "credential"),
        (json!({"session_token": {"env": "ID"}}), "credential"),
        (
            json!({"ambient": true, "access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}}),
            "credential",
        ),
        (
            json!({"assume_role": {"role_arn": ROLE}}),
            "credential.assume_role",
        ),
        (
            role(json!({"role_arn": "reader"})),
            "credential.assume_role.role_arn",
        ),
        (
            role(json!({"role_arn": "arn:aws:iam::111122223333:role/*"})),
            "credential.assume_role.role_arn",
        ),
        (
            role(json!({"role_arn": "arn:aws:iam::111122223333:user/reader"})),
            "credential.assume_role.role_arn",
        ),
        (
            role(json!({"role_arn": ROLE, "external_id": ""})),
            "credential.assume_role.external_id",
        ),
        (
            role(json!({"role_arn": ROLE, "external_id": "a b"})),
            "credential.assume_role.external_id",
        ),
        (
            role(json!({"role_arn": ROLE, "session_name": "a/b"})),
            "credential.assume_role.session_name",
        ),
        (
            role(json!({"role_arn": ROLE, "session_name": "a"})),
            "credential.assume_role.session_name",
        ),
    ] {
        let hub = hub(&env(), MachineCredentials::default());
        let problems = built(&credential, "http://127.0.0.1:1", &hub)
            .err()
            .unwrap_or_default();
        assert!(
            problems.contains(&format!("path: \"{at}\"")),
            "{credential}: {problems}"
        );
    }
}
