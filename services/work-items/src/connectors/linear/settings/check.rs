//! What is wrong with the settings of a source.

use std::collections::BTreeSet;

use http::header::AUTHORIZATION;
use passport_connector_sdk::{Auth, Builder, signature::SigningSecrets, subject_text::SubjectText};
use passport_evidence::Unit;

use super::{ApprovalSettings, CredentialSettings, ReleaseSettings, ScopeSettings, Settings};
use crate::connectors::linear::{
    names,
    wanted::{Approval, By, Identifier, Release, Wanted},
};

/// Facts whose threshold a source may set, and what they are measured in.
const MEASURED: [(&str, Unit); 2] = [
    ("blocking_issue_count", Unit::Count),
    ("release_scope_open_count", Unit::Count),
];
/// Most ids of a list.
const MAX_IDS: usize = 50;

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let team = self.scope.team(builder);
        let issue = self.scope.issue(builder);
        let release = self.scope.release(builder);
        let ready = match &self.ready_states {
            None => Some(None),
            Some(all) => {
                let fix = "write 1 to 50 ids of states, or leave it out for all that are completed";
                ids("ready_states", all, fix, builder).map(Some)
            }
        };
        let approval = match &self.approval {
            None => Some(None),
            Some(it) => it.check(builder).map(Some),
        };
        let thresholds = self.thresholds.build(&MEASURED, builder);
        Some(Wanted {
            team: team?,
            issue: issue?,
            release: release?,
            ready: ready?,
            approval: approval?,
            thresholds: thresholds?,
            actors: builder.actor_ids(&self.endpoint),
        })
    }

    /// What is shown: an API key bare, a token as every other ("Authentication").
    pub fn auth(&self, builder: &mut Builder<'_>) -> Auth {
        match &self.credential {
            CredentialSettings::Key(key) => Auth::Header(AUTHORIZATION, builder.secret(key)),
            CredentialSettings::OAuth(it) => Auth::Bearer(builder.secret(&it.token)),
        }
    }

    /// The secrets of its webhooks. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match &self.signing_secrets {
            Some(secrets) => SigningSecrets::build(secrets, builder).map(Some),
            None => Some(None),
        }
    }
}

impl ScopeSettings {
    fn team(&self, builder: &mut Builder<'_>) -> Option<String> {
        let team = self.team.as_deref().filter(|it| names::is_team(it));
        if team.is_none() {
            let fix = "write the key that the team's issues begin with, such as ENG";
            builder.problem("scope.team", "is no key of one team", fix);
        }
        team.map(str::to_owned)
    }

    fn issue(&self, builder: &mut Builder<'_>) -> Option<Option<Identifier>> {
        let Some(text) = &self.issue else {
            if self.release.is_none() {
                let reason = "would ask for a whole team, which is too broad";
                builder.problem("scope", reason, "name the issue, or the release");
                return None;
            }
            return Some(None);
        };
        let reason = match names::parts_of(text) {
            None => "is no identifier of an issue",
            Some((team, _)) if self.team.as_deref() != Some(team) => "is of another team",
            Some((_, number)) => {
                let text = text.clone();
                return Some(Some(Identifier { text, number }));
            }
        };
        let fix = "write the identifier of an issue of scope.team, such as ENG-42";
        builder.problem("scope.issue", reason, fix);
        None
    }

    fn release(&self, builder: &mut Builder<'_>) -> Option<Option<Release>> {
        match &self.release {
            None => Some(None),
            Some(it) => it.check(builder).map(Some),
        }
    }
}

impl ReleaseSettings {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Release> {
        let is_id = names::is_id(&self.pipeline);
        if !is_id {
            let fix = "write the id of the one pipeline";
            builder.problem("scope.release.pipeline", "is no id of a pipeline", fix);
        }
        let version = SubjectText::parse(&self.version).ok();
        let version = version.filter(|_| names::is_value(&self.version));
        if version.is_none() {
            let reason =
                "is empty, over 255 bytes, has a control character, or names no part of a subject";
            let fix = "write one exact version, in which ${subject.version} or ${subject.revision} may stand";
            builder.problem("scope.release.version", reason, fix);
        }
        Some(Release {
            pipeline: is_id.then(|| self.pipeline.clone())?,
            version: version?,
        })
    }
}

impl ApprovalSettings {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Approval> {
        let fix = "write 1 to 50 ids of users: who may not approve must not be able to";
        let approvers = ids("approval.approvers", &self.approvers, fix, builder);
        let by = match (&self.label, &self.state) {
            (Some(label), None) => id("approval.label", label, builder).map(By::Label),
            (None, Some(state)) => id("approval.state", state, builder).map(By::State),
            (None, None) | (Some(_), Some(_)) => {
                let fix = "name either the label or the state that means it";
                builder.problem("approval", "names no one sign of an approval", fix);
                None
            }
        };
        Some(Approval {
            by: by?,
            approvers: approvers?,
        })
    }
}

fn id(path: &str, text: &str, builder: &mut Builder<'_>) -> Option<String> {
    if !names::is_id(text) {
        let reason = "is no id: names may be given twice, and change";
        builder.problem(path, reason, "write the id, a UUID");
        return None;
    }
    Some(text.to_owned())
}

/// Ids, at least one, or a problem at their list.
fn ids(
    path: &str,
    all: &[String],
    fix: &str,
    builder: &mut Builder<'_>,
) -> Option<BTreeSet<String>> {
    let is_list = (1..=MAX_IDS).contains(&all.len());
    if !is_list || !all.iter().all(|it| names::is_id(it)) {
        builder.problem(path, "is no list of ids", fix);
        return None;
    }
    Some(all.iter().cloned().collect())
}
