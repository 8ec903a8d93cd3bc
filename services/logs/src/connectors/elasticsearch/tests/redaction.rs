//! What of a log line leaves.

use crate::{connectors::elasticsearch::Elasticsearch, search_api::tests::bench};

#[tokio::test]
async fn no_secret_of_a_line_leaves() {
    bench::shows_lines_only_redacted::<Elasticsearch>("elasticsearch").await;
}

#[tokio::test]
async fn no_secret_of_any_line_leaves() {
    bench::shows_no_secret_of_lines::<Elasticsearch>("elasticsearch").await;
}

#[tokio::test]
async fn no_secret_of_a_bad_answer_leaves() {
    bench::shows_no_secret_of_errors::<Elasticsearch>("elasticsearch").await;
}
