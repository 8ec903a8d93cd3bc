//! The fields of ServiceNow's records that are read, as its tables name them. Descriptions, plans,
//! comments, work notes and what persons are called are never asked for.

use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};

use super::cell::{self, Cell};

/// A page of a table.
#[derive(Debug, Clone, Deserialize)]
pub struct Page<T> {
    /// Its rows.
    pub result: Vec<Object<T>>,
    /// Beside rows: something went wrong on the way, and these are not all.
    pub error: Option<IgnoredAny>,
    /// As `error`.
    pub status: Option<IgnoredAny>,
}

/// A change (table `change_request`).
#[derive(Debug, Clone, Deserialize)]
pub struct Change {
    /// Its id.
    pub sys_id: Option<Cell>,
    /// Its number.
    pub number: Option<Cell>,
    /// What another system calls it.
    pub correlation_id: Option<Cell>,
    /// Code of its state.
    pub state: Option<Cell>,
    /// What its approvals come to.
    pub approval: Option<Cell>,
    /// `standard`, `normal` or `emergency`.
    #[serde(rename = "type")]
    pub kind: Option<Cell>,
    /// When it is planned to begin.
    pub start_date: Option<Cell>,
    /// When it is planned to end.
    pub end_date: Option<Cell>,
    /// Whether it has to wait.
    pub on_hold: Option<Cell>,
    /// Whether the board has to be heard.
    pub cab_required: Option<Cell>,
    /// When the board meets.
    pub cab_date_time: Option<Cell>,
    /// What the board says, in words of its own.
    pub cab_recommendation: Option<Cell>,
    /// Whether it is in the way of another one.
    pub conflict_status: Option<Cell>,
    /// The group it is assigned to.
    pub assignment_group: Option<Cell>,
    /// What it is about.
    pub cmdb_ci: Option<Cell>,
    /// Who wants it. Compared, and told only by an id that tells nothing.
    pub requested_by: Option<Cell>,
}

impl Change {
    /// The names of its fields.
    pub const FIELDS: &str = "sys_id,number,correlation_id,state,approval,type,start_date,end_date,\
                              on_hold,cab_required,cab_date_time,cab_recommendation,conflict_status,\
                              assignment_group,cmdb_ci,requested_by";
}

/// What one person was asked (table `sysapproval_approver`).
#[derive(Debug, Clone, Deserialize)]
pub struct Approver {
    /// Its id.
    pub sys_id: Option<Cell>,
    /// What was answered.
    pub state: Option<Cell>,
    /// Who was asked. Compared, and told only by an id that tells nothing.
    pub approver: Option<Cell>,
    /// The change that it is about.
    pub sysapproval: Option<Cell>,
}

impl Approver {
    /// The names of its fields.
    pub const FIELDS: &str = "sys_id,state,approver,sysapproval";

    /// The id of who was asked, where that is sure: a text may be what the person is shown as.
    pub fn person(&self) -> Option<&str> {
        cell::coded(self.approver.as_ref())
    }
}

/// A task of a change (table `change_task`).
#[derive(Debug, Clone, Deserialize)]
pub struct Task {
    /// Its id.
    pub sys_id: Option<Cell>,
    /// The change that it belongs to.
    pub change_request: Option<Cell>,
    /// Whether it is still to be done.
    pub active: Option<Cell>,
}

impl Task {
    /// The names of its fields.
    pub const FIELDS: &str = "sys_id,change_request,active";
}

/// A role that a user has (table `sys_user_has_role`).
#[derive(Debug, Clone, Deserialize)]
pub struct HasRole {
    /// Its id.
    pub sys_id: Option<Cell>,
    /// Who has it. Compared only.
    pub user: Option<Cell>,
    /// Name of the role.
    #[serde(rename = "role.name")]
    pub role: Option<Cell>,
}

impl HasRole {
    /// The names of its fields.
    pub const FIELDS: &str = "sys_id,user,role.name";
}

/// A record that has an id.
pub trait Record {
    /// Its id.
    fn id(&self) -> Option<&str>;
}

impl Record for Approver {
    fn id(&self) -> Option<&str> {
        self.sys_id.as_ref()?.text()
    }
}

impl Record for Task {
    fn id(&self) -> Option<&str> {
        self.sys_id.as_ref()?.text()
    }
}

impl Record for HasRole {
    fn id(&self) -> Option<&str> {
        self.sys_id.as_ref()?.text()
    }
}

impl Record for Change {
    fn id(&self) -> Option<&str> {
        self.sys_id.as_ref()?.text()
    }
}
