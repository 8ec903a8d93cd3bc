//! The fields of Opsgenie's answers that are read, as its API documentation names them. Messages,
//! descriptions, owners and who acknowledged are never read.

use passport_connector_sdk::{Object, Part};
use serde::Deserialize;

/// The kind of responders that are teams.
const TEAM: &str = "team";
/// The kind that are persons.
const PERSON: &str = "user";

/// A page of a list of Opsgenie.
#[derive(Debug, Clone, Deserialize)]
pub struct DataPage<T> {
    /// What is listed.
    pub data: Vec<Object<T>>,
    /// Where other pages are.
    pub paging: Option<Object<Links>>,
}

/// A page of a list of the successor.
#[derive(Debug, Clone, Deserialize)]
pub struct ValuesPage<T> {
    /// What is listed.
    pub values: Vec<Object<T>>,
    /// Where other pages are.
    pub links: Option<Object<Links>>,
}

/// Where other pages are.
#[derive(Debug, Clone, Deserialize)]
pub struct Links {
    /// The next one; `None`: there is none.
    pub next: Option<String>,
}

/// An alert ("Alert API").
#[derive(Debug, Clone, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// `open` or `closed`; an acknowledged one stays open.
    pub status: String,
    /// Whether it is silent for a while.
    pub snoozed: Option<bool>,
    /// `P1` to `P5`.
    pub priority: Option<String>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// Who is to do something.
    #[serde(default)]
    pub responders: Vec<Object<Responder>>,
}

/// Who is to do something.
#[derive(Debug, Clone, Deserialize)]
pub struct Responder {
    /// `team`, or a person, a schedule or an escalation.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name. Read of teams only, to tell whether it is the source's; often left out.
    pub name: Option<String>,
    /// Its id: of a team, to ask for its maintenances; of a person, whom it never names.
    pub id: Option<String>,
}

// === impl Alert ===

impl Alert {
    /// The teams that are to do something.
    pub fn teams(&self) -> impl Iterator<Item = &Responder> {
        let teams = self.responders.iter().filter(|it| it.kind == TEAM);
        teams.map(|it| &it.0)
    }

    /// The persons who are to do something, each by the id.
    pub fn persons(&self) -> impl Iterator<Item = Option<&str>> {
        let responders = self.responders.iter().map(|it| &it.0);
        responders.filter_map(Responder::person)
    }
}

// === impl Responder ===

impl Responder {
    /// The id of a person; `None`: it is none.
    fn person(&self) -> Option<Option<&str>> {
        (self.kind == PERSON).then_some(self.id.as_deref())
    }
}

// === impl Incident ===

impl Incident {
    /// The persons who are to do something, each by the id.
    pub fn persons(&self) -> impl Iterator<Item = Option<&str>> {
        let responders = self.responders.if_told().into_iter().flatten();
        let told = responders.filter_map(|it| it.if_told());
        told.filter_map(|it| it.person())
    }
}

/// How many alerts there are.
#[derive(Debug, Clone, Deserialize)]
pub struct CountReply {
    /// The count.
    pub data: Object<Count>,
}

/// A count.
#[derive(Debug, Clone, Deserialize)]
pub struct Count {
    /// The number.
    pub count: u64,
}

/// An incident ("Incident API").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// `open`, `resolved` or `closed`.
    pub status: String,
    /// Ids of services.
    pub impacted_services: Option<Vec<String>>,
    /// Who is to do something.
    #[serde(default)]
    pub responders: Part<Vec<Part<Object<Responder>>>>,
}

/// A maintenance ("Maintenance API").
#[derive(Debug, Clone, Deserialize)]
pub struct Maintenance {
    /// Its id.
    pub id: Option<String>,
    /// `active`, `planned`, `past` or `cancelled`.
    pub status: String,
}

/// A list that comes whole.
#[derive(Debug, Clone, Deserialize)]
pub struct MaintenanceReply {
    /// What is listed.
    pub data: Vec<Object<Maintenance>>,
}

/// A refusal.
#[derive(Debug, Deserialize)]
pub struct RefusalBody {
    /// Why, in words.
    pub message: String,
}
