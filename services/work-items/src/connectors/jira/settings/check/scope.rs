//! Whether the scope is narrow.

use passport_connector_sdk::{Builder, subject_text::SubjectText};

use crate::connectors::jira::{names, settings::ScopeSettings, wanted::Target};

/// Most projects.
const MAX_PROJECTS: usize = 20;

impl ScopeSettings {
    /// Projects and tickets, or problems.
    pub(super) fn check(&self, builder: &mut Builder<'_>) -> Option<(Vec<String>, Target)> {
        let projects = self.projects(builder);
        let target = self.target(builder);
        let kind = match &self.issue_type {
            Some(kind) if !names::is_value(kind) => {
                let fix = "write the type's id or name, such as Change";
                builder.problem("scope.issue_type", "is no type of tickets", fix);
                None
            }
            Some(_) | None => Some(()),
        };
        kind?;
        Some((projects?, target?))
    }

    fn projects(&self, builder: &mut Builder<'_>) -> Option<Vec<String>> {
        let is_count = (1..=MAX_PROJECTS).contains(&self.projects.len());
        if !is_count || !self.projects.iter().all(|it| names::is_project(it)) {
            let reason = "is no list of 1 to 20 keys of projects";
            let fix = "write the keys that tickets begin with, such as [PAY]";
            builder.problem("scope.projects", reason, fix);
            return None;
        }
        let mut projects: Vec<String> = Vec::new();
        for it in &self.projects {
            if !projects.contains(it) {
                projects.push(it.clone());
            }
        }
        Some(projects)
    }

    fn target(&self, builder: &mut Builder<'_>) -> Option<Target> {
        let is_search = self.fix_version.is_some() || self.label.is_some();
        match (&self.issue, is_search) {
            (None, false) => {
                let fix = "name the ticket, or a fix_version or label of the release";
                let reason = "would ask for whole projects, which is too broad";
                builder.problem("scope", reason, fix);
                None
            }
            (Some(_), true) => {
                let fix = "keep either the issue, or fix_version and label";
                builder.problem("scope", "names a ticket and a search", fix);
                None
            }
            (Some(key), false) => self.issue(key, builder),
            (None, true) => {
                let fix_version = text("fix_version", self.fix_version.as_deref(), builder);
                let label = text("label", self.label.as_deref(), builder);
                Some(Target::Search {
                    fix_version: fix_version?,
                    label: label?,
                })
            }
        }
    }

    fn issue(&self, key: &str, builder: &mut Builder<'_>) -> Option<Target> {
        let reason = match names::project_of(key) {
            None => "is no key of a ticket",
            Some(project) if self.projects.iter().all(|it| it != project) => {
                "is of a project outside scope.projects"
            }
            Some(_) => return Some(Target::Issue(key.to_owned())),
        };
        let fix = "write a ticket of a listed project, such as PAY-142";
        builder.problem("scope.issue", reason, fix);
        None
    }
}

fn text(key: &str, text: Option<&str>, builder: &mut Builder<'_>) -> Option<Option<SubjectText>> {
    let Some(text) = text else {
        return Some(None);
    };
    let parsed = SubjectText::parse(text)
        .ok()
        .filter(|_| names::is_value(text));
    if parsed.is_none() {
        let reason =
            "is empty, over 255 bytes, has a control character, or names no part of a subject";
        let fix =
            "write one exact name, in which ${subject.version} or ${subject.revision} may stand";
        builder.problem(format!("scope.{key}"), reason, fix);
    }
    parsed.map(Some)
}
