//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Span, ThresholdSettings},
    subject_text::SubjectText,
};
use passport_evidence::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, de::IntoDeserializer, de::value::Error};

use super::{
    names,
    wanted::{Baseline, Wanted},
};

/// Where Sentry's own service is asked.
const SENTRY: &str = "https://sentry.io";
/// Shortest and longest window, in seconds.
const WINDOW: std::ops::RangeInclusive<u32> = 3_600..=14 * 86_400;
/// Most pages of a list.
const MAX_PAGES: u32 = 20;
/// Facts that are measured, and what in.
const MEASURED: [(&str, Unit); 8] = [
    ("new_issue_count", Unit::Count),
    ("regressed_issue_count", Unit::Count),
    ("unhandled_issue_count", Unit::Count),
    ("suppressed_issue_count", Unit::Count),
    ("crash_free_sessions", Unit::Percent),
    ("crash_free_users", Unit::Percent),
    ("error_spike", Unit::Count),
    ("event_ingest_loss", Unit::Percent),
];

/// A Sentry source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Sentry, the host of a region, or an own installation with its context path. Default
    /// `https://sentry.io`.
    #[serde(default = "sentry")]
    pub endpoint: String,
    /// Token of an internal integration, or of a person, that reads only.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// How far back is looked, 1h to 14d.
    #[serde(default = "day")]
    #[schemars(with = "Span")]
    pub window: String,
    /// Fewer sessions than this prove nothing.
    #[serde(default = "enough")]
    pub min_sessions: u64,
    /// So many events are no spike where there were none before.
    #[serde(default)]
    pub min_events: u64,
    /// What the events of the window are compared with.
    #[serde(default)]
    pub baseline: BaselineSettings,
    /// The release to compare with, for `baseline: release`.
    pub baseline_release: Option<String>,
    /// More events than this in the window are too many, whatever there was before.
    #[serde(default = "cap")]
    pub error_spike_cap: u64,
    /// Most pages of a list that are read, 1 to 20.
    #[serde(default = "pages")]
    pub page_limit: u32,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// The narrow target: one release in one environment of one project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Slug of the organization.
    pub organization: String,
    /// Slug of the project.
    pub project: String,
    /// Sentry's own name of the environment.
    pub environment: String,
    /// Exact version of the release; `${subject.version}` and `${subject.revision}` are filled in.
    pub release: String,
}

/// What the events of the window are compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BaselineSettings {
    /// The window before.
    #[default]
    PreviousWindow,
    /// The same window a week ago.
    LastWeek,
    /// Another release in the window before.
    Release,
    /// The newest release of the project and environment before the one that is judged, in the window before.
    PreviousRelease,
}

fn sentry() -> String {
    SENTRY.to_owned()
}

fn day() -> String {
    "24h".to_owned()
}

fn enough() -> u64 {
    100
}

fn cap() -> u64 {
    1_000
}

fn pages() -> u32 {
    MAX_PAGES
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let scope = &self.scope;
        let organization = slug("organization", &scope.organization, builder);
        let project = slug("project", &scope.project, builder);
        let environment = environment(&scope.environment, builder);
        let release = release(&scope.release, builder);
        let span = self.span(builder);
        let bounds = self.bounds(builder);
        let baseline = self.baseline(builder);
        let thresholds = self.thresholds.build(&MEASURED, builder);
        bounds?;
        Some(Wanted {
            organization: organization?,
            project: project?,
            environment: environment?,
            release: release?,
            window: self.window.clone(),
            span: span?,
            min_sessions: self.min_sessions,
            min_events: self.min_events,
            baseline: baseline?,
            cap: self.error_spike_cap,
            page_limit: self.page_limit,
            thresholds: thresholds?,
        })
    }

    fn span(&self, builder: &mut Builder<'_>) -> Option<Span> {
        let text: &str = &self.window;
        let span: Result<Span, Error> = Span::deserialize(text.into_deserializer());
        let span = span.ok().filter(|it| WINDOW.contains(&it.as_secs()));
        if span.is_none() {
            let fix = "write a duration such as 24h";
            builder.problem("window", "is no duration from 1h to 14d", fix);
        }
        span
    }

    fn bounds(&self, builder: &mut Builder<'_>) -> Option<()> {
        if self.min_sessions == 0 {
            let fix = "write how many sessions it takes to judge: 1 or more";
            builder.problem("min_sessions", "lets no sessions at all pass", fix);
        }
        let is_limit = (1..=MAX_PAGES).contains(&self.page_limit);
        if !is_limit {
            builder.problem("page_limit", "is not from 1 to 20", "write 1 to 20");
        }
        (self.min_sessions > 0 && is_limit).then_some(())
    }

    fn baseline(&self, builder: &mut Builder<'_>) -> Option<Baseline> {
        match (self.baseline, &self.baseline_release) {
            (BaselineSettings::PreviousWindow, None) => Some(Baseline::PreviousWindow),
            (BaselineSettings::LastWeek, None) => Some(Baseline::LastWeek),
            (BaselineSettings::PreviousRelease, None) => Some(Baseline::PreviousRelease),
            (BaselineSettings::Release, Some(release)) if names::is_release(release) => {
                Some(Baseline::Release(release.clone()))
            }
            (BaselineSettings::Release, _) => {
                let fix = "write the exact version of the release before";
                builder.problem("baseline_release", "names no one release", fix);
                None
            }
            (
                BaselineSettings::PreviousWindow
                | BaselineSettings::LastWeek
                | BaselineSettings::PreviousRelease,
                Some(_),
            ) => {
                let fix = "leave it out, or set `baseline: release`";
                builder.problem("baseline_release", "means nothing with this baseline", fix);
                None
            }
        }
    }
}

fn slug(key: &str, text: &str, builder: &mut Builder<'_>) -> Option<String> {
    if !names::is_slug(text) {
        let reason = format!("names no one {key}: empty, a number, a pattern, or several");
        let fix = format!("write the slug of the {key}, as it stands in Sentry's addresses");
        builder.problem(format!("scope.{key}"), reason, fix);
        return None;
    }
    Some(text.to_owned())
}

fn environment(text: &str, builder: &mut Builder<'_>) -> Option<String> {
    if !names::is_environment(text) {
        let reason = "names no one environment: empty, a pattern, or several";
        let fix = "write the name that the service itself sends to Sentry, such as production";
        builder.problem("scope.environment", reason, fix);
        return None;
    }
    Some(text.to_owned())
}

fn release(text: &str, builder: &mut Builder<'_>) -> Option<SubjectText> {
    let parsed = SubjectText::parse(text).ok();
    let parsed = parsed.filter(|it| {
        let names_a_part = it.plain().collect::<String>() != text;
        let is_plain = it.plain().all(names::may_stand_in_release);
        is_plain && (names_a_part || names::is_release(text))
    });
    if parsed.is_none() {
        let reason = "names no one release: empty, a pattern, several, or whatever is newest";
        let fix = "write the exact version, such as checkout-api@${subject.version}";
        builder.problem("scope.release", reason, fix);
    }
    parsed
}
