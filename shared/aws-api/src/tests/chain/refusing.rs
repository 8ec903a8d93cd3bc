//! What is refused where it stands.

use super::*;

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
