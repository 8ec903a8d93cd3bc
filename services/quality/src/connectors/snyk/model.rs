//! What is read of Snyk's answers, after its REST description (JSON:API). Anything may be missing.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A document with one object, or a list of them.
#[derive(Debug, Deserialize)]
pub struct Document<T> {
    /// What was asked for.
    pub data: T,
    /// Where there is more.
    #[serde(default)]
    pub links: Option<Links>,
    /// What went wrong; never beside a good answer.
    #[serde(default)]
    pub errors: Option<serde::de::IgnoredAny>,
}

/// Where there is more.
#[derive(Debug, Default, Deserialize)]
pub struct Links {
    /// The next page; `null` or nothing on the last.
    #[serde(default)]
    pub next: Option<Next>,
}

/// A link, written in one of two ways.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Next {
    /// As a text.
    Text(String),
    /// As an object.
    Object {
        /// The link itself.
        href: String,
    },
    /// In neither.
    Other(serde::de::IgnoredAny),
}

/// A project.
#[derive(Debug, Deserialize)]
pub struct Project {
    id: String,
    #[serde(default)]
    attributes: Option<ProjectAttributes>,
    #[serde(default)]
    meta: Option<Meta>,
    #[serde(default)]
    relationships: Option<Relationships>,
}

#[derive(Debug, Deserialize)]
struct ProjectAttributes {
    #[serde(default, deserialize_with = "lenient")]
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    #[serde(default, deserialize_with = "lenient")]
    cli_monitored_at: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    latest_issue_counts: Option<IssueCounts>,
}

/// Snyk's own counts of a project's last test.
#[derive(Debug, Clone, Deserialize)]
pub struct IssueCounts {
    /// Critical ones.
    #[serde(default, deserialize_with = "lenient")]
    pub critical: Option<u64>,
    /// High ones.
    #[serde(default, deserialize_with = "lenient")]
    pub high: Option<u64>,
    /// Medium ones.
    #[serde(default, deserialize_with = "lenient")]
    pub medium: Option<u64>,
    /// Low ones.
    #[serde(default, deserialize_with = "lenient")]
    pub low: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<String>,
}

/// An issue.
#[derive(Debug, Deserialize)]
pub struct Issue {
    /// Its id.
    pub id: String,
    /// What it is.
    pub attributes: Attributes,
    /// What it belongs to.
    pub relationships: Relationships,
}

/// What an issue is.
#[derive(Debug, Deserialize)]
pub struct Attributes {
    /// Kind of issue.
    pub r#type: String,
    /// How bad, after all policies of the organization.
    pub effective_severity_level: String,
    /// Whether it is open.
    pub status: String,
    /// Whether somebody ignored it.
    pub ignored: bool,
    #[serde(default, deserialize_with = "lenient")]
    coordinates: Option<Vec<Coordinate>>,
}

#[derive(Debug, Deserialize)]
struct Coordinate {
    #[serde(default, deserialize_with = "lenient")]
    is_fixable_snyk: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    is_upgradeable: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    is_pinnable: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    is_patchable: Option<bool>,
}

/// What an object belongs to.
#[derive(Debug, Default, Deserialize)]
pub struct Relationships {
    #[serde(default)]
    organization: Option<Relation>,
    #[serde(default)]
    scan_item: Option<Relation>,
}

#[derive(Debug, Deserialize)]
struct Relation {
    data: Reference,
}

/// Names another object, or is one of which no more is read.
#[derive(Debug, Deserialize)]
pub struct Reference {
    /// Its id.
    pub id: String,
    /// Its type.
    #[serde(default, deserialize_with = "lenient")]
    pub r#type: Option<String>,
}

/// A value of another type is no value. It is read as it stands: a number that does not fit is none, and not the
/// nearest double.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(text.get()).ok())
}

// === impl Project ===

impl Project {
    /// Whether it is tested.
    pub fn status(&self) -> Option<&str> {
        self.attributes.as_ref()?.status.as_deref()
    }

    /// The counts of its last test.
    pub fn counts(&self) -> Option<&IssueCounts> {
        self.meta.as_ref()?.latest_issue_counts.as_ref()
    }

    /// When it was last tested: the time of its counts, else that of its last upload.
    pub fn tested_at(&self) -> Option<&str> {
        let counted = self.counts().and_then(|it| it.updated_at.as_deref());
        counted.or(self.meta.as_ref()?.cli_monitored_at.as_deref())
    }

    /// Whether it is the one of this id, and not said to be of another organization.
    pub fn is_it(&self, id: &str, org: &str) -> bool {
        let own = self.relationships.as_ref().and_then(Relationships::org);
        self.id.eq_ignore_ascii_case(id) && own.is_none_or(|it| it.eq_ignore_ascii_case(org))
    }
}

// === impl Issue ===

impl Issue {
    /// Whether Snyk knows a fix.
    pub fn is_fixable(&self) -> bool {
        let mut places = self.attributes.coordinates.iter().flatten();
        places.any(|it| {
            let ways = [
                it.is_fixable_snyk,
                it.is_upgradeable,
                it.is_pinnable,
                it.is_patchable,
            ];
            ways.contains(&Some(true))
        })
    }
}

// === impl Relationships ===

impl Relationships {
    /// The organization.
    pub fn org(&self) -> Option<&str> {
        self.organization.as_ref().map(|it| it.data.id.as_str())
    }

    /// What was tested.
    pub fn scan_item(&self) -> Option<&Reference> {
        self.scan_item.as_ref().map(|it| &it.data)
    }
}
