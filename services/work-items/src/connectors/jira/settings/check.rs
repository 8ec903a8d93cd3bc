//! What is wrong with the settings of a source.

mod approval;
mod scope;

use std::collections::BTreeSet;

use passport_connector_sdk::{Auth, Builder};
use passport_evidence::Unit;

use super::{CredentialSettings, Settings};
use crate::connectors::jira::{
    names,
    wanted::{Deployment, Wanted},
};

/// Most pages of a list.
const MAX_PAGES: u32 = 100;
/// Facts whose threshold a source may set, and what they are measured in.
const MEASURED: [(&str, Unit); 1] = [("blocking_issue_count", Unit::Count)];

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let scope = self.scope.check(builder);
        let approval = self.approval.check(builder);
        let window = self.window(builder);
        let link_types = self.link_types(builder);
        let thresholds = self.thresholds.build(&MEASURED, builder);
        let is_limit = (1..=MAX_PAGES).contains(&self.page_limit);
        if !is_limit {
            builder.problem("page_limit", "is not from 1 to 100", "write 1 to 100");
        }
        let (projects, target) = scope?;
        Some(Wanted {
            deployment: self.deployment,
            projects,
            target,
            issue_type: self.scope.issue_type.clone(),
            approval: approval?,
            window: window?,
            link_types: link_types?,
            page_limit: is_limit.then_some(self.page_limit)?,
            thresholds: thresholds?,
            actors: builder.actor_ids(&self.endpoint),
        })
    }

    /// What is shown, or a problem.
    pub fn auth(&self, builder: &mut Builder<'_>) -> Option<Auth> {
        match (&self.credential, self.deployment) {
            (CredentialSettings::Token(token), _) => Some(Auth::Bearer(builder.secret(token))),
            (CredentialSettings::Account(it), Deployment::Cloud) => Some(Auth::Basic {
                username: builder.secret(&it.email),
                password: builder.secret(&it.api_token),
            }),
            (CredentialSettings::Account(_), Deployment::Datacenter) => {
                let fix = "name a personal access token: { env: JIRA_TOKEN }";
                builder.problem("credential", "is an account of Atlassian's cloud", fix);
                None
            }
        }
    }

    fn window(&self, builder: &mut Builder<'_>) -> Option<Option<(String, String)>> {
        let Some(window) = &self.window else {
            return Some(None);
        };
        let fields = window.start_field.as_ref().zip(window.end_field.as_ref());
        let Some((start, end)) = fields else {
            let fix = "name start_field and end_field, or leave the window out";
            builder.problem("window", "has one end only", fix);
            return None;
        };
        let start = field("window.start_field", start, builder);
        let end = field("window.end_field", end, builder);
        Some(Some((start?, end?)))
    }

    fn link_types(&self, builder: &mut Builder<'_>) -> Option<Option<BTreeSet<String>>> {
        match &self.blocking_link_types {
            None => Some(None),
            Some(all) => ids("blocking_link_types", all, builder).map(Some),
        }
    }
}

fn field(path: &str, text: &str, builder: &mut Builder<'_>) -> Option<String> {
    if !names::is_field(text) {
        let fix = "write the field's id, such as customfield_10050";
        builder.problem(path, "is no id of a custom field", fix);
        return None;
    }
    Some(text.to_owned())
}

/// Ids, or a problem at their list.
fn ids(path: &str, all: &[String], builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
    if !all.iter().all(|it| names::is_id(it)) {
        let reason = "names something other than by its id: names are translated, and change";
        builder.problem(path, reason, "write ids alone, such as \"10010\"");
        return None;
    }
    Some(all.iter().cloned().collect())
}
