//! What of a log line leaves.

use crate::{connectors::opensearch::OpenSearch, search_api::tests::bench};

#[tokio::test]
async fn no_secret_of_a_line_leaves() {
    bench::shows_lines_only_redacted::<OpenSearch>("opensearch").await;
}
