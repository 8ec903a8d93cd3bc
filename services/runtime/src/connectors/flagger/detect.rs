//! Canaries that a repository declares.

use passport_connector_sdk::detect::{Detected, RepositoryFiles};

use crate::cluster::declared::Kind;

const CANARY: Kind = Kind {
    group: "flagger.app",
    kind: "Canary",
    prefix: "canary",
    unnamed: "flagger",
    blanks: ["namespace of the Canary", "name of the Canary"],
    token: "CANARY_READER_TOKEN",
};

/// A candidate for each of them.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    CANARY.candidates(files)
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
