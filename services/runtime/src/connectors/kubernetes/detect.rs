//! Workloads, Jobs and CronJobs that a repository declares.

use passport_connector_sdk::detect::{Detected, Proposal, RepositoryFiles, Setting, blank, table};
use passport_kubernetes_api::{Declared, declared};

use super::scope::Kind;

/// A candidate for each of them.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let of_kind = |kind: Kind| {
        let found = declared(files, kind.group(), kind.as_str());
        found.filter_map(move |it| Detected::because([it.why(kind.as_str())], proposal(kind, &it)))
    };
    Kind::ALL.into_iter().flat_map(of_kind).collect()
}

fn proposal(kind: Kind, found: &Declared<'_>) -> Proposal {
    let scope = [
        (
            "namespace",
            Setting::or_blank(found.namespace, "namespace of the workload"),
        ),
        ("kind", kind.as_str().into()),
        (
            "name",
            Setting::or_blank(found.name, "name of the workload"),
        ),
    ];
    Proposal::named(&format!("workload-{}", found.name.unwrap_or(kind.as_str())))
        .with(
            "endpoint",
            blank("the API server of the cluster, such as https://kube.example.com:6443"),
        )
        .with_credential("WORKLOAD_READER_TOKEN")
        .with("scope", table(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Vec<Detected> {
        let file = ("deploy/app.yaml".to_owned(), text.to_owned());
        detect(&[file].into_iter().collect())
    }

    #[test]
    fn each_workload_is_a_candidate() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\n---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: '{{ x }}'}\n";
        let found = detected(text);
        let scope = |nth: usize| serde_json::to_value(&found[nth].proposal.settings[2].1).unwrap();
        let wanted = serde_json::json!({"namespace": "shop", "kind": "Deployment", "name": "api"});
        assert_eq!(scope(0), wanted);
        assert_eq!(scope(1)["kind"], "DaemonSet");
        assert_eq!(scope(1)["name"], "FILL IN: name of the workload");
        assert_eq!((found[0].why[0].line, found[1].why[0].line), (2, 6));
    }

    #[test]
    fn each_job_is_a_candidate_of_its_own_kind() {
        let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: shop}\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: report}\n";
        let found = detected(text);
        let scopes = found
            .iter()
            .map(|it| serde_json::to_value(&it.proposal.settings[2].1));
        let kinds: Vec<_> = scopes.map(|it| it.unwrap()["kind"].clone()).collect();
        assert_eq!(kinds, ["Job", "CronJob"]);
    }

    #[test]
    fn what_is_no_workload_is_none() {
        for text in [
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: a}\n",
            "apiVersion: batch.example/v1\nkind: Job\nmetadata: {name: a}\n",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            "kind: Deployment\n",
        ] {
            assert_eq!(detected(text), [], "{text}");
        }
    }
}
