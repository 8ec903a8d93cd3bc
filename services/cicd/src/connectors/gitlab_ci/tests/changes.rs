//! What GitLab said before is asked for only where it changed.

use passport_testkit::changes::asks_for_changes;

use super::CASES;
use crate::connectors::gitlab_ci::GitlabCi;

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_misleads_nobody() {
    for after in ["canceled", "jobs-on-two-pages", "deployment-newest-failed"] {
        asks_for_changes::<GitlabCi>(CASES, "success", after)
            .await
            .unwrap();
    }
    asks_for_changes::<GitlabCi>(CASES, "everything", "success")
        .await
        .unwrap();
}
