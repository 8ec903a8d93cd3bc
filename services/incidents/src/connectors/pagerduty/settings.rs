//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{
    ActorIds, Auth, Builder,
    secrets::SecretRef,
    settings::{ThresholdSettings, Thresholds},
    signature::SigningSecrets,
};
use passport_evidence::Unit;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where accounts of the United States are asked.
const PAGERDUTY: &str = "https://api.pagerduty.com";
/// Most services of one source.
const MAX_SERVICES: usize = 20;
/// Most pages of incidents: the API pages no further.
const MAX_PAGES: u32 = 100;
/// Shortest and longest id of a service.
const ID: std::ops::RangeInclusive<usize> = 4..=32;
/// Longest name of a priority, and most of them.
const MAX_NAME: usize = 100;
const MAX_PRIORITIES: usize = 20;
/// What stands before an API key.
const SCHEME: &str = "Token";
/// Facts that are measured, and what in.
const MEASURED: [(&str, Unit); 3] = [
    ("active_incident_count", Unit::Count),
    ("snoozed_incident_count", Unit::Count),
    ("oldest_active_incident_age", Unit::Hours),
];

/// A PagerDuty source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API of the account's region. Default `https://api.pagerduty.com`; in the EU
    /// `https://api.eu.pagerduty.com`.
    #[serde(default = "pagerduty")]
    pub endpoint: String,
    /// A read-only REST API key, or a token of OAuth.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Urgencies of which an incident fails the release.
    #[serde(default = "high")]
    pub blocking_urgencies: Vec<String>,
    /// Names of priorities of which an incident fails the release, as the account has them.
    #[serde(default)]
    pub blocking_priorities: Vec<String>,
    /// Whether maintenance windows are judged.
    #[serde(default = "considered")]
    pub consider_maintenance: bool,
    /// Most pages of 100 incidents that are read, 1 to 100.
    #[serde(default = "pages")]
    pub page_limit: u32,
    /// Secrets of V3 webhooks, 1 to 5: any one of them will do.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// How PagerDuty is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME } or { file: PATH } of an API key, or { token: … } of OAuth"
)]
pub enum CredentialSettings {
    /// With a REST API key.
    Key(SecretRef),
    /// With a token of OAuth.
    OAuth(TokenSettings),
}

/// A token of OAuth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// Reference to it.
    pub token: SecretRef,
}

/// The narrow target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Ids of 1 to 20 services.
    pub services: Vec<String>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Ids of services.
    pub services: BTreeSet<String>,
    /// Urgencies that fail the release.
    pub urgencies: BTreeSet<String>,
    /// Priorities that do.
    pub priorities: BTreeSet<String>,
    /// Whether maintenance windows are judged.
    pub maintenance: bool,
    /// Most pages of incidents.
    pub page_limit: u32,
    /// What is wanted of each fact.
    pub thresholds: Thresholds,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

fn pagerduty() -> String {
    PAGERDUTY.to_owned()
}

fn high() -> Vec<String> {
    vec!["high".to_owned()]
}

fn considered() -> bool {
    true
}

fn pages() -> u32 {
    20
}

// === impl CredentialSettings ===

impl CredentialSettings {
    /// What is shown to PagerDuty ("Authentication").
    pub fn auth(&self, builder: &mut Builder<'_>) -> Auth {
        match self {
            Self::Key(key) => Auth::Labelled {
                scheme: SCHEME,
                label: "token",
                secret: builder.secret(key),
            },
            Self::OAuth(it) => Auth::Bearer(builder.secret(&it.token)),
        }
    }
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let services = self.services(builder);
        let urgencies = self.urgencies(builder);
        let priorities = self.priorities(builder);
        let pages = self.pages(builder);
        let thresholds = self.thresholds.build(&MEASURED, builder);
        Some(Wanted {
            services: services?,
            urgencies: urgencies?,
            priorities: priorities?,
            maintenance: self.consider_maintenance,
            page_limit: pages?,
            thresholds: thresholds?,
            actors: builder.actor_ids(&self.endpoint),
        })
    }

    fn services(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let named = &self.scope.services;
        let is_id = |it: &String| {
            let is_inner = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
            ID.contains(&it.len()) && it.bytes().all(is_inner)
        };
        let all: BTreeSet<_> = named.iter().filter(|it| is_id(it)).cloned().collect();
        if all.len() < named.len() || !(1..=MAX_SERVICES).contains(&named.len()) {
            let reason = "names no services by their ids, or too many";
            let fix =
                "write 1 to 20 ids, each once, as they stand in the services' addresses: PCHK001";
            builder.problem("scope.services", reason, fix);
            return None;
        }
        Some(all)
    }

    fn urgencies(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let mut sound = true;
        for (at, urgency) in self.blocking_urgencies.iter().enumerate() {
            if !matches!(urgency.as_str(), "high" | "low") {
                let path = format!("blocking_urgencies[{at}]");
                builder.problem(path, "is no urgency", "write high or low");
                sound = false;
            }
        }
        if self.blocking_urgencies.is_empty() && self.blocking_priorities.is_empty() {
            let fix = "name an urgency, or a priority under `blocking_priorities`";
            builder.problem("blocking_urgencies", "lets no incident fail a release", fix);
            sound = false;
        }
        sound.then(|| self.blocking_urgencies.iter().cloned().collect())
    }

    fn priorities(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let mut sound = true;
        for (at, name) in self.blocking_priorities.iter().enumerate() {
            let is_name = (1..=MAX_NAME).contains(&name.len()) && name.trim() == name;
            if !is_name || name.contains(char::is_control) || at >= MAX_PRIORITIES {
                let path = format!("blocking_priorities[{at}]");
                let fix = "write the names of up to 20, exactly as the account has them";
                builder.problem(path, "names no one priority", fix);
                sound = false;
            }
        }
        sound.then(|| self.blocking_priorities.iter().cloned().collect())
    }

    fn pages(&self, builder: &mut Builder<'_>) -> Option<u32> {
        let is_limit = (1..=MAX_PAGES).contains(&self.page_limit);
        if !is_limit {
            builder.problem("page_limit", "is not from 1 to 100", "write 1 to 100");
        }
        is_limit.then_some(self.page_limit)
    }

    /// The secrets of its webhooks. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match &self.signing_secrets {
            Some(secrets) => SigningSecrets::build(secrets, builder).map(Some),
            None => Some(None),
        }
    }
}
