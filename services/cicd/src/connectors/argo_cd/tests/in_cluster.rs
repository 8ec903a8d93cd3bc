//! The service account of the collector's own pod.

use passport_testkit::case::Case;
use serde_json::json;

use super::CASES;
use crate::connectors::{argo_cd::ArgoCd, in_cluster::InCluster};

fn source() -> InCluster {
    let source = json!({
        "connector": "argo-cd", "in_cluster": true, "read_from": "kubernetes",
        "scope": {
            "project": "shop", "application": "checkout-api-prod", "app_namespace": "argocd",
        },
    });
    InCluster {
        case: Case::load(format!("{CASES}/from-kubernetes.case.json")).unwrap(),
        source,
        object: "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout-api-prod",
    }
}

#[tokio::test]
async fn address_authorities_and_token_are_those_of_the_pod_and_a_changed_token_is_obeyed() {
    source().obeys_a_changed_token::<ArgoCd>().await;
}

#[tokio::test]
async fn a_server_that_its_authorities_do_not_vouch_for_is_shown_no_token() {
    source().shows_a_stranger_no_token::<ArgoCd>().await;
}

#[test]
fn it_is_refused_where_the_operator_has_not_opened_it_or_it_is_not_all_there() {
    source().is_refused_unless_opened_and_whole::<ArgoCd>();
}
