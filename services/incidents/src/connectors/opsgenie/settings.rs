//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef, settings::ThresholdSettings};
use passport_evidence::Unit;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{names, priority::Priority, wanted::Wanted};

/// Where accounts outside the EU are asked.
const OPSGENIE: &str = "https://api.opsgenie.com";
/// Where the successor is asked.
const ATLASSIAN: &str = "https://api.atlassian.com";
/// How an Opsgenie key is shown.
const SCHEME: &str = "GenieKey";
/// Most pages of alerts: the API pages no further.
const MAX_PAGES: u32 = 200;
/// Facts that are measured, and what in.
const MEASURED: [(&str, Unit); 2] = [
    ("active_incident_count", Unit::Count),
    ("snoozed_alert_count", Unit::Count),
];

/// An Opsgenie source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Opsgenie, or its successor in Jira Service Management.
    #[serde(default)]
    pub profile: Profile,
    /// The API. Default `https://api.opsgenie.com`, in the EU `https://api.eu.opsgenie.com`; of the
    /// successor `https://api.atlassian.com`.
    pub endpoint: Option<String>,
    /// Id of the Atlassian site, for the successor.
    pub cloud_id: Option<String>,
    /// Key of an API integration that reads only; of the successor an address and its API token.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Id of the service whose incidents are judged. Default: none are.
    pub service_id: Option<String>,
    /// Priorities of which an alert fails the release.
    #[serde(default = "blocking")]
    pub blocking_priorities: Vec<String>,
    /// So many open alerts of P4, and of P5, are allowed.
    #[serde(default = "low_cap")]
    pub low_cap: u32,
    /// Most pages of 100 alerts that are read, 1 to 200.
    #[serde(default = "pages")]
    pub page_limit: u32,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// Which API is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Opsgenie, until its end.
    #[default]
    Opsgenie,
    /// Operations of Jira Service Management.
    JsmOperations,
}

/// How it is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME } or { file: PATH } of a key, or email and api_token, each one"
)]
pub enum CredentialSettings {
    /// With a key of Opsgenie.
    Key(SecretRef),
    /// With an account of Atlassian.
    Account(AccountSettings),
}

/// An account of Atlassian.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Reference to its address.
    pub email: SecretRef,
    /// Reference to its API token.
    pub api_token: SecretRef,
}

/// The narrow target: alerts with a tag, or of a team, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The tag.
    pub tag: Option<String>,
    /// Name of the team that responds.
    pub team: Option<String>,
}

fn blocking() -> Vec<String> {
    vec!["P1".to_owned(), "P2".to_owned()]
}

fn low_cap() -> u32 {
    10
}

fn pages() -> u32 {
    20
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let cloud = self.cloud(builder);
        let scope = self.scope(builder);
        let service = self.service(builder);
        let blocking = self.blocking(builder);
        let thresholds = self.thresholds.build(&MEASURED, builder);
        let is_limit = (1..=MAX_PAGES).contains(&self.page_limit);
        if !is_limit {
            builder.problem("page_limit", "is not from 1 to 200", "write 1 to 200");
        }
        let (tag, team) = scope?;
        Some(Wanted {
            cloud: cloud?,
            tag,
            team,
            service: service?,
            blocking: blocking?,
            low_cap: self.low_cap,
            page_limit: is_limit.then_some(self.page_limit)?,
            thresholds: thresholds?,
            actors: builder.actor_ids(self.endpoint()),
        })
    }

    /// Where it is asked.
    pub fn endpoint(&self) -> &str {
        let usual = match self.profile {
            Profile::Opsgenie => OPSGENIE,
            Profile::JsmOperations => ATLASSIAN,
        };
        self.endpoint.as_deref().unwrap_or(usual)
    }

    /// What is shown, or a problem.
    pub fn auth(&self, builder: &mut Builder<'_>) -> Option<Auth> {
        match (self.profile, &self.credential) {
            (Profile::Opsgenie, CredentialSettings::Key(key)) => {
                Some(Auth::Scheme(SCHEME, builder.secret(key)))
            }
            (Profile::JsmOperations, CredentialSettings::Account(it)) => Some(Auth::Basic {
                username: builder.secret(&it.email),
                password: builder.secret(&it.api_token),
            }),
            (Profile::Opsgenie, CredentialSettings::Account(_)) => {
                let fix = "name the key of an API integration: { env: OPSGENIE_KEY }";
                builder.problem("credential", "is an account of Atlassian", fix);
                None
            }
            (Profile::JsmOperations, CredentialSettings::Key(_)) => {
                let fix = "name both: { email: { env: … }, api_token: { env: … } }";
                builder.problem("credential", "is no account of Atlassian", fix);
                None
            }
        }
    }

    fn cloud(&self, builder: &mut Builder<'_>) -> Option<Option<String>> {
        match (self.profile, &self.cloud_id) {
            (Profile::Opsgenie, None) => Some(None),
            (Profile::JsmOperations, Some(id)) if names::is_uuid(id) => Some(Some(id.clone())),
            (Profile::JsmOperations, _) => {
                let fix = "write the id that https://SITE.atlassian.net/_edge/tenant_info shows";
                builder.problem("cloud_id", "is no id of an Atlassian site", fix);
                None
            }
            (Profile::Opsgenie, Some(_)) => {
                let fix = "leave it out, or set `profile: jsm-operations`";
                builder.problem("cloud_id", "means nothing with Opsgenie", fix);
                None
            }
        }
    }

    fn scope(&self, builder: &mut Builder<'_>) -> Option<(Option<String>, Option<String>)> {
        let ScopeSettings { tag, team } = &self.scope;
        let mut sound = true;
        if tag.is_none() && team.is_none() {
            let fix = "name the service's tag, such as service:checkout-api, or its team";
            builder.problem("scope", "would ask for every alert of the account", fix);
            sound = false;
        }
        for (key, value) in [("tag", tag), ("team", team)] {
            if value.as_ref().is_some_and(|it| !names::is_one(it)) {
                let reason = "names no one thing: empty, a pattern, or a part of a query";
                let fix = format!("write the exact {key}");
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        }
        sound.then(|| (tag.clone(), team.clone()))
    }

    fn service(&self, builder: &mut Builder<'_>) -> Option<Option<String>> {
        let Some(id) = &self.service_id else {
            return Some(None);
        };
        if self.profile == Profile::JsmOperations {
            let fix = "leave it out: its incidents are issues of Jira";
            builder.problem("service_id", "means nothing with jsm-operations", fix);
            return None;
        }
        if !names::is_uuid(id) {
            let fix = "write the id that the service's address ends with";
            builder.problem("service_id", "is no id of a service", fix);
            return None;
        }
        Some(Some(id.clone()))
    }

    fn blocking(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<Priority>> {
        let mut sound = true;
        for (at, name) in self.blocking_priorities.iter().enumerate() {
            if Priority::of(name).is_none() {
                let path = format!("blocking_priorities[{at}]");
                builder.problem(path, "is no priority", "write P1, P2, P3, P4 or P5");
                sound = false;
            }
        }
        if self.blocking_priorities.is_empty() {
            let fix = "name at least P1";
            builder.problem("blocking_priorities", "lets no alert fail a release", fix);
            sound = false;
        }
        let all = self.blocking_priorities.iter();
        sound.then(|| all.filter_map(|it| Priority::of(it)).collect())
    }
}
