//! Persons of a provider, where the key for their ids is none.

use std::sync::Arc;

use passport_connector_sdk::{
    ActorIds,
    secrets::{Secret, SecretRef},
};
use passport_evidence::Role;
use passport_testkit::{capture, connector::persons_key, env::Env};

/// Whoever runs a collector is told why evidence names nobody; nothing of whom it would have named.
#[tokio::test]
async fn a_key_that_can_t_be_read_is_logged_and_nobody_is_told_of() {
    let absent = Secret::new(
        SecretRef::Env("ABSENT".to_owned()),
        Arc::new(Env::default()),
    );
    for (key, is_told, is_logged) in [
        (Some(persons_key("a key")), true, false),
        (Some(absent), false, true),
        (None, false, false),
    ] {
        let ids = ActorIds::new(key, "acme", "jira", "https://acme.atlassian.net");
        let told =
            capture::logged(move || async move { ids.told([(Role::Approver, Some("acc-1"))]) });
        let (told, log) = told.await.unwrap();
        assert_eq!(!told.is_empty(), is_told);
        assert_eq!(
            log.contains("the key for ids of persons"),
            is_logged,
            "{log}"
        );
        assert!(!log.contains("acc-1"), "{log}");
    }
}
