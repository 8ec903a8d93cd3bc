//! Which projects are meant.

use std::collections::BTreeSet;

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Mode;

/// Most projects of a source.
const MAX_PROJECTS: usize = 50;
/// Longest name of a project.
const MAX_NAME: usize = 255;

/// The narrow target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The organization that is asked about, a UUID.
    pub org_id: Option<String>,
    /// Its projects that are asked about, UUIDs.
    pub project_ids: Option<Vec<String>>,
    /// Names of the projects that an upload must cover.
    pub projects: Option<Vec<String>>,
}

/// Which projects are meant, once that was checked.
#[derive(Debug, Clone)]
pub enum Target {
    /// Those of an organization, by id.
    Asked {
        /// The organization.
        org: String,
        /// The projects.
        projects: Vec<String>,
    },
    /// Those of these names.
    Uploaded(BTreeSet<String>),
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// What is meant, or problems.
    pub fn target(&self, mode: Mode, builder: &mut Builder<'_>) -> Option<Target> {
        match mode {
            Mode::Pull => {
                let is_fine = !foreign("projects", self.projects.is_some(), mode, builder);
                let org = self.organization(builder);
                let projects = self.ids(builder);
                let asked = org.zip(projects).filter(|_| is_fine);
                asked.map(|(org, projects)| Target::Asked { org, projects })
            }
            Mode::Ingest => {
                let has_org = foreign("org_id", self.org_id.is_some(), mode, builder);
                let has_ids = foreign("project_ids", self.project_ids.is_some(), mode, builder);
                let names = self.names(builder);
                let names = names.filter(|_| !has_org && !has_ids);
                names.map(Target::Uploaded)
            }
        }
    }

    fn organization(&self, builder: &mut Builder<'_>) -> Option<String> {
        let id = self.org_id.as_deref().filter(|it| is_uuid(it));
        if id.is_none() {
            let fix = "write the id that stands in the settings of the organization";
            builder.problem("scope.org_id", "is missing or no UUID", fix);
        }
        id.map(str::to_ascii_lowercase)
    }

    fn ids(&self, builder: &mut Builder<'_>) -> Option<Vec<String>> {
        let ids = some(self.project_ids.as_deref(), "scope.project_ids", builder)?;
        let mut seen = BTreeSet::new();
        let mut is_fine = true;
        for (at, id) in ids.iter().enumerate() {
            if !is_uuid(id) || !seen.insert(id.to_ascii_lowercase()) {
                let fix = "write the id of each project once; it ends the project's address";
                builder.problem(
                    format!("scope.project_ids[{at}]"),
                    "is no UUID, or stands there twice",
                    fix,
                );
                is_fine = false;
            }
        }
        is_fine.then(|| seen.into_iter().collect())
    }

    fn names(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let names = some(self.projects.as_deref(), "scope.projects", builder)?;
        let mut seen = BTreeSet::new();
        let mut is_fine = true;
        for (at, name) in names.iter().enumerate() {
            if !is_name(name) || !seen.insert(name.clone()) {
                let fix = "write each `projectName` of the output once, to the letter";
                builder.problem(
                    format!("scope.projects[{at}]"),
                    "names no one project, or stands there twice",
                    fix,
                );
                is_fine = false;
            }
        }
        is_fine.then_some(seen)
    }
}

fn foreign(key: &str, is_given: bool, mode: Mode, builder: &mut Builder<'_>) -> bool {
    if is_given {
        let fix = match mode {
            Mode::Pull => "name the projects by `project_ids`",
            Mode::Ingest => "name the projects by `projects`",
        };
        builder.problem(format!("scope.{key}"), "means nothing in this mode", fix);
    }
    is_given
}

/// A list of at least one project, and not too many.
fn some<'a>(
    list: Option<&'a [String]>,
    path: &str,
    builder: &mut Builder<'_>,
) -> Option<&'a [String]> {
    let found = list.filter(|it| (1..=MAX_PROJECTS).contains(&it.len()));
    if found.is_none() {
        let fix = "name 1 to 50 projects; a whole organization is never read";
        builder.problem(path, "is missing, empty or too long", fix);
    }
    found
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    let is_hex = |it: char| it == '-' || it.is_ascii_hexdigit();
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(is_hex)
}

fn is_name(name: &str) -> bool {
    let odd = |it: char| it.is_control() || it == '*';
    (1..=MAX_NAME).contains(&name.len()) && name.trim() == name && !name.contains(odd)
}
