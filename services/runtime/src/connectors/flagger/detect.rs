//! Canaries that a repository declares.

use passport_connector_sdk::detect::{Detected, Proposal, RepositoryFiles, Setting, blank, table};
use passport_kubernetes_api::{Declared, declared};

const GROUP: &str = "flagger.app";
const KIND: &str = "Canary";

/// A candidate for each Canary.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let found = declared(files, GROUP, KIND);
    found
        .filter_map(|it| Detected::because([it.why(KIND)], proposal(&it)))
        .collect()
}

fn proposal(found: &Declared<'_>) -> Proposal {
    let namespace = Setting::or_blank(found.namespace, "namespace of the Canary");
    let name = Setting::or_blank(found.name, "name of the Canary");
    Proposal::named(&format!("canary-{}", found.name.unwrap_or("flagger")))
        .with(
            "endpoint",
            blank("the API server of the cluster, such as https://kube.example.com:6443"),
        )
        .with_credential("CANARY_READER_TOKEN")
        .with("scope", table([("namespace", namespace), ("name", name)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Vec<Detected> {
        let file = ("deploy/canary.yaml".to_owned(), text.to_owned());
        detect(&[file].into_iter().collect())
    }

    #[test]
    fn each_canary_is_a_candidate() {
        let text = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: api, namespace: shop}\n";
        let found = detected(text);
        let scope = serde_json::to_value(&found[0].proposal.settings[2].1).unwrap();
        assert_eq!(
            scope,
            serde_json::json!({"namespace": "shop", "name": "api"})
        );
        assert_eq!(found[0].why[0].line, 2);
    }

    #[test]
    fn other_kinds_of_the_group_and_other_groups_are_none() {
        for text in [
            "apiVersion: flagger.app/v1beta1\nkind: MetricTemplate\nmetadata: {name: a}\n",
            "apiVersion: example.com/v1\nkind: Canary\nmetadata: {name: a}\n",
        ] {
            assert_eq!(detected(text), [], "{text}");
        }
    }
}
