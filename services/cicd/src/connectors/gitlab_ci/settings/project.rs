//! Which project a source is of.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

use super::MAX_NAME;

/// A project as it stands in the configuration.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no project: wanted is its id or its full path"
)]
pub enum ProjectSettings {
    /// Its id.
    Id(u64),
    /// Its id or full path.
    Text(String),
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Project {
    /// By its id.
    Id(u64),
    /// By its full path.
    Path(String),
}

// === impl ProjectSettings ===

impl ProjectSettings {
    /// The project, or a problem.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Project> {
        let project = match self {
            Self::Id(id) => Project::parse(&id.to_string()),
            Self::Text(text) => Project::parse(text),
        };
        if project.is_none() {
            let reason = "names no one project: empty, a pattern, or a group";
            let fix = "write the project's numeric id, or its full path `group/project`";
            builder.problem("scope.project", reason, fix);
        }
        project
    }
}

// === impl Project ===

impl Project {
    /// As one segment of a path.
    pub fn segment(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Path(path) => path.clone(),
        }
    }

    /// Its id, as it stands in the configuration or was told.
    pub fn id_or(&self, told: Option<u64>) -> Option<u64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Path(_) => told,
        }
    }

    /// Whether it is the one with this id and full path.
    pub fn is(&self, id: u64, path: &str) -> bool {
        match self {
            Self::Id(own) => *own == id,
            Self::Path(own) => own.eq_ignore_ascii_case(path),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Ok(id) = text.parse() {
            return (id > 0).then_some(Self::Id(id));
        }
        let inner = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '-');
        let is_part = |it: &str| it.starts_with(|it: char| it != '.') && it.chars().all(inner);
        let is_path = text.contains('/') && text.len() <= MAX_NAME && text.split('/').all(is_part);
        is_path.then(|| Self::Path(text.to_owned()))
    }
}
