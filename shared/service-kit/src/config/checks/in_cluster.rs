//! Who may use the account that the cluster gives to a collector: workspaces of this file.

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::{model::InCluster, path};

const PLACE: &str = "addresses.in_cluster.workspaces";

/// What the operator opened; nothing where it is not written as it should be.
pub(super) fn opened(file: &Value) -> InCluster {
    let written = file.pointer("/addresses/in_cluster").cloned();
    let read = written.and_then(|it| serde_json::from_value(it).ok());
    read.unwrap_or_default()
}

/// A name that is no workspace's opens nothing, and stands for one that was meant.
pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let known = file.get("workspaces").and_then(Value::as_object);
    let is_known = |name: &str| known.is_some_and(|it| it.contains_key(name));
    let opened = opened(file).workspaces.into_iter().enumerate();
    let unknown = opened.filter(|(_, name)| !is_known(name));
    let problem = |(at, _)| {
        Problem::new(
            path::index(PLACE, at),
            "is no workspace of this file",
            "name one that stands under `workspaces`, or take this out",
        )
    };
    unknown.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_workspaces_of_the_file_can_be_opened_it() {
        let file = json!({
            "workspaces": {"acme": {}},
            "addresses": {"in_cluster": {"workspaces": ["acme", "amce", "*"]}},
        });
        let found: Vec<_> = problems(&file).into_iter().map(|it| it.path).collect();
        let wrong = [1, 2].map(|at| format!("{PLACE}[{at}]"));
        assert_eq!(found, wrong);
    }

    #[test]
    fn what_is_not_written_as_it_should_be_opens_nothing() {
        for in_cluster in [json!(true), json!({"workspaces": "acme"}), json!(null)] {
            let file = json!({"addresses": {"in_cluster": in_cluster}});
            assert_eq!(opened(&file), InCluster::default());
        }
    }
}
