//! Counts of nothing, where a field can or can not be matched exactly.

use crate::{connectors::elasticsearch::Elasticsearch, search_api::tests::mapping};

#[tokio::test]
async fn nothing_is_found_in_a_field_of_words_and_that_says_nothing() {
    mapping::nothing_in_a_field_of_words_says_nothing::<Elasticsearch>("elasticsearch").await;
}

#[tokio::test]
async fn what_was_found_needs_no_proof_that_it_can_be() {
    mapping::what_was_found_is_not_asked_about::<Elasticsearch>("elasticsearch").await;
}

#[tokio::test]
async fn a_server_that_does_not_tell_of_fields_is_believed_and_one_that_refuses_is_not() {
    mapping::only_a_server_that_does_not_tell_is_believed::<Elasticsearch>("elasticsearch").await;
}
