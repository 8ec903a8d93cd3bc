//! What GitHub said before is asked for only where it changed.

use passport_testkit::changes::asks_for_changes;

use super::CASES;
use crate::connectors::github_actions::GithubActions;

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_misleads_nobody() {
    for after in [
        "startup-failure",
        "run-failed-jobs-green",
        "in-progress-null",
    ] {
        asks_for_changes::<GithubActions>(CASES, "success", after)
            .await
            .unwrap();
    }
}
