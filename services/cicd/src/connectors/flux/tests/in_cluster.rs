//! The service account of the collector's own pod.

use passport_testkit::case::Case;
use serde_json::json;

use super::CASES;
use crate::connectors::{flux::Flux, in_cluster::InCluster};

fn source() -> InCluster {
    let source = json!({
        "connector": "flux", "in_cluster": true,
        "scope": {"kind": "Kustomization", "namespace": "flux-system", "name": "checkout-api"},
    });
    InCluster {
        case: Case::load(format!("{CASES}/kustomization-ready.case.json")).unwrap(),
        source,
        object: "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/checkout-api",
    }
}

#[tokio::test]
async fn address_authorities_and_token_are_those_of_the_pod_and_a_changed_token_is_obeyed() {
    source().obeys_a_changed_token::<Flux>().await;
}

#[tokio::test]
async fn a_server_that_its_authorities_do_not_vouch_for_is_shown_no_token() {
    source().shows_a_stranger_no_token::<Flux>().await;
}

#[test]
fn it_is_refused_where_the_operator_has_not_opened_it_or_it_is_not_all_there() {
    source().is_refused_unless_opened_and_whole::<Flux>();
}
