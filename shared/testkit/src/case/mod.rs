//! Cases: one provider situation in one file, and the one right answer (`passport-case/1`).

mod addresses;
mod delivery;
mod exchange;
mod expected;
mod load;
mod rules;
mod time;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use passport_evidence::Subject;
use serde::Deserialize;
use serde_json::Value;

pub use addresses::{Addresses, BASE, SMTP};
pub use delivery::{Delivery, DeliveryResult};
pub use exchange::{Exchange, Fault, Request, Response, Values};
pub use expected::{
    Expected, ExpectedFact, ExpectedFailure, ExpectedFreshness, ExpectedRefusal, Outcome,
};
pub use load::{CaseError, load_folder};
pub use rules::{
    AccessReviews, Answer, Attributes, HostAddresses, OpenRequest, Person, Rules, SentMessage, Tls,
    UndeclaredOperation,
};

/// The only form of case files there is.
pub const FORMAT: &str = "passport-case/1";

/// One provider situation and the outcome that must come of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Case {
    /// Where the case was read from; empty when it did not come from a file.
    #[serde(skip)]
    pub file: PathBuf,
    #[serde(skip)]
    text: String,
    /// Always [`FORMAT`].
    pub format: String,
    /// The case's name, unique within its connector.
    pub name: String,
    /// Id of the connector that is tested.
    pub connector: String,
    /// Why the outcome is right.
    pub why: String,
    /// Public thread whose situation was made again with other values.
    pub origin: Option<String>,
    /// The clock: collection and decision time.
    pub now: DateTime<Utc>,
    /// What is asked about.
    pub scope: CaseScope,
    /// What is being released.
    pub subject: Option<CaseSubject>,
    /// The source, exactly as it stands in `passport.yaml`.
    pub source: Value,
    /// The collector's environment. Its values must appear in no output.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// What the provider answers to what.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// The answer to anything else.
    pub unmatched: Option<Response>,
    /// Pushed evidence, given in this order before the collection.
    #[serde(default)]
    pub deliveries: Vec<Delivery>,
    /// Matching and surroundings that few connectors need.
    #[serde(default)]
    pub rules: Rules,
    /// What must come out.
    pub expected: Expected,
    /// Whether facts that are not listed may have passed too.
    #[serde(default)]
    pub others_may_pass: bool,
}

/// The scope of a case, in the words of the public JSON.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseScope {
    /// The workspace's id.
    pub workspace_id: String,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
}

/// The subject of a case; each part may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseSubject {
    /// Release id or version.
    pub version: Option<String>,
    /// Source revision.
    pub revision: Option<String>,
    /// Digests; several may stand for one artifact.
    #[serde(default)]
    pub artifact_digests: Vec<String>,
}

impl From<&CaseSubject> for Subject {
    fn from(subject: &CaseSubject) -> Self {
        Self {
            version: subject.version.clone(),
            revision: subject.revision.clone(),
            artifact_digests: subject.artifact_digests.clone(),
        }
    }
}
