//! Roles that are assumed.

use super::*;

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
