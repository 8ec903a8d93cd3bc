//! The fields of PagerDuty's answers that are read, as its API reference names them. Titles, notes and
//! conference bridges are never read; of persons only ids are.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, Part};
use serde::Deserialize;

/// One service, as it is answered.
#[derive(Debug, Clone, Deserialize)]
pub struct ServiceReply {
    /// The service.
    pub service: Object<Service>,
}

/// A service.
#[derive(Debug, Clone, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// How it is.
    pub status: String,
    /// Whether incidents wait until an alert has lasted for a while; `None`: it is not told.
    pub auto_pause_notifications_parameters: Option<Object<AutoPause>>,
}

/// Whether alerts that may end by themselves make no incident for up to a quarter of an hour.
#[derive(Debug, Clone, Deserialize)]
pub struct AutoPause {
    /// Whether they do.
    pub enabled: Option<bool>,
}

/// A page of incidents.
#[derive(Debug, Clone, Deserialize)]
pub struct IncidentsReply {
    /// The incidents.
    pub incidents: Vec<Object<Incident>>,
    /// Whether there is another page.
    pub more: Option<bool>,
    /// How many there are in all.
    pub total: Option<u64>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// How it is.
    pub status: String,
    /// `high` or `low`.
    pub urgency: Option<String>,
    /// `None`: it has none.
    pub priority: Option<Object<Priority>>,
    /// When it began.
    pub created_at: Option<DateTime<Utc>>,
    /// Whose it is.
    pub service: Object<Reference>,
    /// What PagerDuty will do with it by itself.
    pub pending_actions: Option<Vec<Object<PendingAction>>>,
    /// Who is to deal with it.
    #[serde(default)]
    pub assignments: Part<Vec<Part<Object<Assignment>>>>,
    /// Who took it on.
    #[serde(default)]
    pub acknowledgements: Part<Vec<Part<Object<Acknowledgement>>>>,
}

/// That a person is to deal with an incident.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Assignment {
    /// Who.
    pub assignee: Object<Reference>,
}

/// That somebody took an incident on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Acknowledgement {
    /// Who, or which service.
    pub acknowledger: Object<Agent>,
}

/// A person or a service, as its reference tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Agent {
    /// The id.
    pub id: String,
    /// `user_reference` or `user` of a person.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Something by its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reference {
    /// The id.
    pub id: String,
}

/// A priority: whole where incidents and priorities are listed, a reference in webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Priority {
    /// What the account calls it. A reference leaves it out.
    pub name: Option<String>,
    /// The same, as every reference has it.
    pub summary: Option<String>,
}

/// What PagerDuty will do with an incident by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PendingAction {
    /// What.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Maintenance windows.
#[derive(Debug, Clone, Deserialize)]
pub struct WindowsReply {
    /// The windows.
    pub maintenance_windows: Vec<Object<Window>>,
    /// Whether there is another page.
    pub more: Option<bool>,
}

/// A maintenance window.
#[derive(Debug, Clone, Deserialize)]
pub struct Window {
    /// When it begins.
    pub start_time: DateTime<Utc>,
    /// When it ends.
    pub end_time: DateTime<Utc>,
    /// The services that it silences.
    pub services: Vec<Object<Reference>>,
}

/// Priorities of the account, the most severe first.
#[derive(Debug, Clone, Deserialize)]
pub struct PrioritiesReply {
    /// The priorities.
    pub priorities: Vec<Object<Priority>>,
    /// Whether there is another page.
    pub more: Option<bool>,
}

/// Who a key belongs to.
#[derive(Debug, Clone, Deserialize)]
pub struct UserReply {
    /// The user.
    pub user: Object<User>,
}

/// A user.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// What the user may do.
    pub role: String,
}

// === impl Priority ===

impl Priority {
    /// What the account calls it.
    pub fn name(&self) -> Option<&str> {
        let name = self.name.as_deref().or(self.summary.as_deref());
        name.filter(|it| !it.is_empty())
    }
}
