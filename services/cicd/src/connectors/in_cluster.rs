//! The service account of the collector's own pod, by whatever reads objects of its cluster.

use chrono::DateTime;
use passport_connector_sdk::{CollectRequest, ConnectorKind, Kept};
use passport_evidence::{FailureCode, Status, Subject};
use passport_kubernetes_api::POD;
use passport_testkit::{
    case::{Case, Rules, Tls},
    connector,
    env::Env,
    pod::{Mounted, WORKSPACE, env, hub},
    provider::{Provider, Script, stranger},
};
use serde_json::{Value, json};

/// A source that reads an object with that account.
pub struct InCluster {
    /// The case in which it passes something.
    pub case: Case,
    /// The source.
    pub source: Value,
    /// The path of the object.
    pub object: &'static str,
}

impl InCluster {
    /// The API server of the cluster, with the object of the case.
    async fn server(&self) -> Provider {
        let case = &self.case;
        let tls = Tls {
            // The handshake goes by the machine's own clock.
            not_after: DateTime::from_timestamp(4_102_444_800, 0).unwrap(),
            trusted: true,
        };
        let rules = Rules {
            tls: Some(tls),
            ..Rules::default()
        };
        let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &rules);
        script.at(case.now).start().await.unwrap()
    }

    fn request(&self) -> CollectRequest {
        CollectRequest {
            subject: self.case.subject.as_ref().map(Subject::from),
            ..connector::request(self.case.now)
        }
    }

    /// Address, authorities and token are those of the pod, and a changed token is obeyed.
    pub async fn obeys_a_changed_token<K: ConnectorKind>(&self) {
        let provider = self.server().await;
        let authorities = provider.authority().unwrap();
        let home = tempfile::tempdir().unwrap();
        let mounted = Mounted::with(home.path(), "token-1", authorities).unwrap();
        let env = env(&POD, "localhost", &provider.address().port().to_string());
        let source =
            connector::built::<K>(&self.source, &hub(env, &[WORKSPACE], mounted.folder())).unwrap();
        for (version, token) in [("..2", "token-2"), ("..3", "token-3")] {
            let observed = source.collect(&self.request(), &Kept::default()).await;
            let facts = observed.unwrap().facts;
            assert!(
                facts.iter().any(|it| it.status() == Status::Passed),
                "{facts:?}"
            );
            mounted.rotate(version, token, authorities).unwrap();
        }
        let seen = provider.requests();
        let of_object = seen.iter().filter(|it| it.path == self.object);
        let shown = of_object.map(|it| it.header("authorization").unwrap());
        assert!(shown.eq(["Bearer token-1", "Bearer token-2"]), "{seen:?}");
    }

    /// A server that its authorities do not vouch for is shown no token.
    pub async fn shows_a_stranger_no_token<K: ConnectorKind>(&self) {
        let provider = self.server().await;
        let home = tempfile::tempdir().unwrap();
        let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
        let env = env(&POD, "localhost", &provider.address().port().to_string());
        let source =
            connector::built::<K>(&self.source, &hub(env, &[WORKSPACE], mounted.folder())).unwrap();
        let failed = source.collect(&self.request(), &Kept::default()).await;
        assert_eq!(failed.unwrap_err().code, FailureCode::Unreachable);
        assert!(provider.requests().is_empty());
    }

    /// It is refused where the operator has not opened it, or it is not all there.
    pub fn is_refused_unless_opened_and_whole<K: ConnectorKind>(&self) {
        let home = tempfile::tempdir().unwrap();
        let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
        let folder = mounted.folder();
        let pod = || env(&POD, "10.96.0.1", "443");
        let with = |key: &str, value: Value| {
            let mut source = self.source.clone();
            source[key] = value;
            source
        };
        let empty = tempfile::tempdir().unwrap();
        let endpoint = with("endpoint", json!("https://k8s.example.com"));
        let credential = with("credential", json!({"env": "TOKEN"}));
        assert!(connector::built::<K>(&self.source, &hub(pod(), &[WORKSPACE], folder)).is_ok());
        for (what, hub, source) in [
            ("not opened", hub(pod(), &[], folder), self.source.clone()),
            (
                "opened to others",
                hub(pod(), &["other"], folder),
                self.source.clone(),
            ),
            (
                "no pod",
                hub(Env::default(), &[WORKSPACE], folder),
                self.source.clone(),
            ),
            (
                "nothing mounted",
                hub(pod(), &[WORKSPACE], empty.path()),
                self.source.clone(),
            ),
            ("an endpoint", hub(pod(), &[WORKSPACE], folder), endpoint),
            ("a credential", hub(pod(), &[WORKSPACE], folder), credential),
        ] {
            let problems = connector::built::<K>(&source, &hub)
                .err()
                .unwrap_or_default();
            assert!(problems.contains("\"in_cluster\""), "{what}: {problems}");
        }
    }
}
