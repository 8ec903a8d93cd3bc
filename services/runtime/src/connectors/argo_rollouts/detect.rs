//! Rollouts that a repository declares.

use passport_connector_sdk::detect::{Detected, RepositoryFiles};

use crate::cluster::declared::Kind;

const ROLLOUT: Kind = Kind {
    group: "argoproj.io",
    kind: "Rollout",
    prefix: "rollout",
    unnamed: "argo",
    blanks: ["namespace of the Rollout", "name of the Rollout"],
    token: "ROLLOUT_READER_TOKEN",
};

/// A candidate for each of them.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    ROLLOUT.candidates(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Vec<Detected> {
        let file = ("deploy/rollout.yaml".to_owned(), text.to_owned());
        detect(&[file].into_iter().collect())
    }

    #[test]
    fn each_rollout_is_a_candidate() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: api, namespace: shop}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: '{{ x }}'}\n";
        let found = detected(text);
        let scope = |nth: usize| serde_json::to_value(&found[nth].proposal.settings[2].1).unwrap();
        assert_eq!(
            scope(0),
            serde_json::json!({"namespace": "shop", "name": "api"})
        );
        assert_eq!(scope(1)["name"], "FILL IN: name of the Rollout");
        assert_eq!((found[0].why[0].line, found[1].why[0].line), (2, 6));
    }

    #[test]
    fn other_kinds_of_the_group_and_other_groups_are_none() {
        for text in [
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: a}\n",
            "apiVersion: rollouts.kruise.io/v1beta1\nkind: Rollout\nmetadata: {name: a}\n",
            "kind: Rollout\n",
        ] {
            assert_eq!(detected(text), [], "{text}");
        }
    }
}
