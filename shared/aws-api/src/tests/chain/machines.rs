//! What a machine is handed.

use super::*;

/// Where machines of this test are handed their credentials.
pub(in super::super) fn opened(
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

pub(in super::super) fn of_machine(code: Option<&str>) -> Value {
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

/// Hands out keys to whoever asks for anything.
async fn handing_out() -> Provider {
    let script = Provider::script().any().reply(200, of_machine(None));
    script.start().await.unwrap()
}

#[tokio::test]
async fn elsewhere_than_at_the_opened_address_nothing_is_asked() {
    let other = handing_out().await;
    let agent = handing_out().await;
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
    let instance = handing_out().await;
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
