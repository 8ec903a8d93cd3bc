//! What stands under a source, and what is wrong with it.

use std::collections::BTreeMap;

use http::HeaderName;
use passport_connector_sdk::{
    Auth, Builder, secrets::SecretRef, settings::ThresholdSettings, subject_text::SubjectText,
};
use passport_evidence::Unit;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{names, wanted::Wanted, word::Word};

/// Shows an API key ("REST API key").
const API_KEY: HeaderName = HeaderName::from_static("x-sn-apikey");
/// Facts that are measured, and what in.
const MEASURED: [(&str, Unit); 1] = [("open_change_task_count", Unit::Count)];

/// A ServiceNow source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The instance, such as `https://acme.service-now.com`.
    pub endpoint: String,
    /// A user who only reads: name and password, or `token`, or `api_key`.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Whether a change without planned dates proves nothing.
    #[serde(default = "yes")]
    pub require_window: bool,
    /// Whether one planned date is enough.
    #[serde(default)]
    pub allow_open_ended_window: bool,
    /// Whether the change advisory board has to be heard, also where the record does not say so.
    #[serde(default)]
    pub require_cab: bool,
    /// Whether conflicts have to have been looked for.
    #[serde(default = "yes")]
    pub require_conflict_check: bool,
    /// Whether who requested the change may not approve it.
    #[serde(default)]
    pub separation_of_duties: bool,
    /// For customised states: code to new, assess, authorize, scheduled, implement, review, closed or
    /// canceled.
    #[serde(default)]
    pub state_map: BTreeMap<String, String>,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// How it is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is username and password, or token, or api_key, each { env: NAME } or { file: PATH }"
)]
pub enum CredentialSettings {
    /// With a name and a password.
    Basic(BasicSettings),
    /// With an OAuth token.
    Token(TokenSettings),
    /// With a key.
    Key(KeySettings),
}

/// A name and a password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicSettings {
    /// Reference to the name.
    pub username: SecretRef,
    /// Reference to the password.
    pub password: SecretRef,
}

/// An OAuth token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// Reference to it.
    pub token: SecretRef,
}

/// An API key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// Reference to it.
    pub api_key: SecretRef,
}

/// The narrow target: one change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Its number.
    pub change: Option<String>,
    /// What another system calls it; `${subject.version}` and `${subject.revision}` may stand in it.
    pub correlation_id: Option<String>,
    /// `sys_id` of the group that it has to be assigned to.
    pub assignment_group: Option<String>,
    /// `sys_id` of the configuration item that it has to be about.
    pub cmdb_ci: Option<String>,
}

fn yes() -> bool {
    true
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_scope = self.scope.is_one(builder);
        let correlation = self.scope.correlation(builder);
        let states = self.states(builder);
        let thresholds = self.thresholds.build(&MEASURED, builder);
        Some(Wanted {
            change: is_scope.then(|| self.scope.change.clone())?,
            correlation: correlation?,
            group: self.scope.assignment_group.clone(),
            item: self.scope.cmdb_ci.clone(),
            require_window: self.require_window,
            allow_open_ended: self.allow_open_ended_window,
            require_cab: self.require_cab,
            require_conflict_check: self.require_conflict_check,
            separation_of_duties: self.separation_of_duties,
            states: states?,
            thresholds: thresholds?,
            actors: builder.actor_ids(&self.endpoint),
        })
    }

    /// What is shown.
    pub fn auth(&self, builder: &mut Builder<'_>) -> Auth {
        match &self.credential {
            CredentialSettings::Basic(it) => Auth::Basic {
                username: builder.secret(&it.username),
                password: builder.secret(&it.password),
            },
            CredentialSettings::Token(it) => Auth::Bearer(builder.secret(&it.token)),
            CredentialSettings::Key(it) => Auth::Header(API_KEY, builder.secret(&it.api_key)),
        }
    }

    fn states(&self, builder: &mut Builder<'_>) -> Option<BTreeMap<String, Word>> {
        let mut states = Word::shipped();
        let mut sound = true;
        for (code, name) in &self.state_map {
            match Word::of(name) {
                Some(word) => drop(states.insert(code.clone(), word)),
                None => {
                    let fix = "write new, assess, authorize, scheduled, implement, review, closed \
                               or canceled";
                    builder.problem(format!("state_map.{code}"), "is no state of a change", fix);
                    sound = false;
                }
            }
        }
        sound.then_some(states)
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn is_one(&self, builder: &mut Builder<'_>) -> bool {
        let mut sound = true;
        if self.change.is_none() && self.correlation_id.is_none() {
            let fix = "name one change by its number, such as CHG0030412, or its correlation_id";
            builder.problem("scope", "would ask for every change of the instance", fix);
            sound = false;
        }
        if self.change.as_ref().is_some_and(|it| !names::is_number(it)) {
            let reason = "is no number of one change";
            let fix = "write the number as the record shows it, such as CHG0030412";
            builder.problem("scope.change", reason, fix);
            sound = false;
        }
        let ids = [
            ("assignment_group", &self.assignment_group),
            ("cmdb_ci", &self.cmdb_ci),
        ];
        for (key, id) in ids {
            if id.as_ref().is_some_and(|it| !names::is_value(it)) {
                let reason = "is no sys_id: empty, a pattern, or a part of a query";
                let fix = "write the record's sys_id, 32 digits as its context menu copies them";
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        }
        sound
    }

    fn correlation(&self, builder: &mut Builder<'_>) -> Option<Option<SubjectText>> {
        let Some(text) = &self.correlation_id else {
            return Some(None);
        };
        let parsed = SubjectText::parse(text).ok().filter(|it| {
            let names_a_part = it.plain().collect::<String>() != *text;
            let is_plain = it.plain().all(names::may_stand_in_value);
            is_plain && !text.is_empty() && (names_a_part || names::is_value(text))
        });
        if parsed.is_none() {
            let reason = "names no one change: empty, a pattern, or a part of a query";
            let fix = "write the exact correlation id, such as rel-${subject.version}";
            builder.problem("scope.correlation_id", reason, fix);
        }
        parsed.map(Some)
    }
}
