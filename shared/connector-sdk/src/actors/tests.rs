use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use secrecy::SecretString;

use super::*;
use crate::secrets::{SecretError, SecretReader, SecretRef};

/// A key that counts how often it is read; `None`: it can't be.
struct Counted(Option<&'static str>, AtomicUsize);

impl SecretReader for Counted {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let key = self.0.map(SecretString::from);
        key.ok_or_else(|| SecretError::Absent(secret.to_string()))
    }
}

fn counted(key: Option<&'static str>) -> (Arc<Counted>, Secret) {
    let reader = Arc::new(Counted(key, AtomicUsize::new(0)));
    let secret = Secret::new(SecretRef::Env("KEY".to_owned()), reader.clone());
    (reader, secret)
}

fn ids(key: &'static str, of: [&str; 3]) -> ActorIds {
    let [workspace, connector, provider] = of;
    let (_, key) = counted(Some(key));
    ActorIds::new(Some(key), workspace, connector, provider)
}

const JIRA: [&str; 3] = ["acme", "jira", "https://acme.atlassian.net"];

fn id(ids: &ActorIds, person: &str) -> String {
    let actors = ids.told([(Role::Approver, Some(person))]);
    let mut all = actors.iter().map(|it| it.id.to_string());
    all.next().unwrap()
}

/// Replicas, and later versions, have to make the same id: this one stands fast.
#[test]
fn an_id_stays_what_it_was() {
    let first = id(&ids("a key of the tests", JIRA), "5b10a2844c20165700ede21g");
    assert_eq!(first, "actor:26d152d16d763dd6");
    assert_eq!(
        first,
        id(&ids("a key of the tests", JIRA), "5b10a2844c20165700ede21g")
    );
}

#[test]
fn another_key_workspace_connector_provider_or_person_has_another_id() {
    let first = id(&ids("one key", JIRA), "acc-1");
    let [workspace, connector, provider] = JIRA;
    for other in [
        id(&ids("another key", JIRA), "acc-1"),
        id(&ids("one key", ["globex", connector, provider]), "acc-1"),
        id(&ids("one key", [workspace, "linear", provider]), "acc-1"),
        id(
            &ids("one key", [workspace, connector, "https://b.net"]),
            "acc-1",
        ),
        id(&ids("one key", JIRA), "acc-2"),
    ] {
        assert_ne!(other, first);
    }
}

#[test]
fn no_part_runs_into_the_next() {
    let one = ids("a key", ["acme", "jira", "https://a.net"]);
    let other = ids("a key", ["acme", "jirahttps://a", ".net"]);
    assert_ne!(id(&one, "1"), id(&other, "1"));
    assert_ne!(
        id(&ids("a key", ["acme", "jira", "t1"]), "2u"),
        id(&ids("a key", ["acme", "jira", "t12"]), "u")
    );
}

#[test]
fn one_without_an_id_is_only_counted() {
    let persons = [
        (Role::Approver, Some("acc-1")),
        (Role::Approver, None),
        (Role::Decliner, Some("")),
    ];
    let actors = ids("a key", JIRA).told(persons);
    assert_eq!((actors.iter().count(), actors.further()), (1, 2));
}

#[test]
fn without_a_key_nobody_is_told_of_or_counted() {
    let persons = [(Role::Approver, Some("acc-1")), (Role::Approver, None)];
    let (_, unreadable) = counted(None);
    for key in [None, Some(unreadable)] {
        let ids = ActorIds::new(key, "acme", "jira", "https://a.net");
        assert!(ids.told(persons).is_empty());
    }
}

#[test]
fn where_there_is_nobody_the_key_is_not_read() {
    let (reader, key) = counted(Some("a key"));
    let ids = ActorIds::new(Some(key), "acme", "jira", "https://a.net");
    assert!(ids.told([]).is_empty());
    assert_eq!(reader.1.load(Ordering::Relaxed), 0);
    let two = [(Role::Approver, Some("a")), (Role::Approver, Some("b"))];
    assert_eq!(ids.told(two).iter().count(), 2);
    assert_eq!(reader.1.load(Ordering::Relaxed), 1);
}

/// Nothing of a person is in it, and nothing of the key.
#[test]
fn what_makes_ids_shows_no_key() {
    let shown = format!("{:?}", ids("a key of the tests", JIRA));
    assert!(!shown.contains("a key of the tests"), "{shown}");
}
