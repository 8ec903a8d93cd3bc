//! The fields of what else is read of a flag, as LaunchDarkly's REST API names them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};

/// Whether a flag is evaluated ("Flag statuses").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationStatus {
    pub name: String,
    /// None, where it never was.
    pub last_requested: Option<DateTime<Utc>>,
}

/// A list, or a page of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    pub items: Vec<Object<T>>,
    pub total_count: Option<usize>,
    #[serde(rename = "_links")]
    links: Option<Object<Links>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Links {
    next: Option<IgnoredAny>,
}

/// A request for somebody's approval ("Approvals"). Who asked, and for what, is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    pub status: String,
    pub review_status: String,
}

/// A change that will be made ("Scheduled changes").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledChange {
    /// Milliseconds since 1970.
    pub execution_date: i64,
}

/// A flag in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedFlag {
    pub key: String,
}

/// A project in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedProject {
    pub key: String,
}

/// Whether changes need somebody's approval, by kind of resource ("Get approval request settings"). Which
/// service manages them, and how it is set up, is not read.
pub type ApprovalSettings = BTreeMap<String, Object<SettingsOfKind>>;

/// The settings of one kind of resource.
#[derive(Debug, Clone, Deserialize)]
pub struct SettingsOfKind {
    /// By environment.
    pub environments: Option<BTreeMap<String, Object<ApprovalSetting>>>,
    /// What holds where an environment says nothing. Sent only to who asks for it.
    #[serde(rename = "_default")]
    pub default: Option<Object<ApprovalSetting>>,
    /// What no environment may be below. Sent only to who asks for it.
    #[serde(rename = "_strict")]
    pub strict: Option<Object<ApprovalSetting>>,
}

/// Whether changes need somebody's approval.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalSetting {
    pub required: bool,
    /// Who asks may say yes.
    pub can_review_own_request: bool,
    /// One that somebody declined may be made all the same.
    pub can_apply_declined_changes: bool,
    pub bypass_approvals_for_pending_changes: bool,
    /// Of flags with these tags alone; of all where there are none.
    pub required_approval_tags: Vec<IgnoredAny>,
}

// === impl Listed ===

impl<T> Listed<T> {
    /// Whether more follows what has been seen of it so far.
    pub fn has_more_than(&self, seen: usize) -> bool {
        let links = self.links.as_ref();
        let is_linked = links.is_some_and(|it| it.next.is_some());
        is_linked || self.total_count.is_some_and(|it| it > seen)
    }
}
