//! What of a log line leaves.

use crate::{connectors::opensearch::OpenSearch, search_api::tests::bench};

#[tokio::test]
async fn no_secret_of_a_line_leaves() {
    bench::shows_lines_only_redacted::<OpenSearch>("opensearch").await;
}

#[tokio::test]
async fn no_secret_of_any_line_leaves() {
    bench::shows_no_secret_of_lines::<OpenSearch>("opensearch").await;
}

#[tokio::test]
async fn no_secret_of_a_bad_answer_leaves() {
    bench::shows_no_secret_of_errors::<OpenSearch>("opensearch").await;
}
