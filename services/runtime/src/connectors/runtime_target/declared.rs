//! A person's word. It is kept here: who said it and why are nobody's evidence.

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::Builder;
use passport_evidence::MaxAge;

use super::settings::{DeclarationSettings, DeclaredState, Settings};

/// Fewest characters of a reason.
const MIN_REASON: usize = 10;
/// How long a word may count.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// What was stated, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// How the target is.
    pub state: DeclaredState,
    /// When it was so.
    pub declared_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

// === impl Declaration ===

impl Declaration {
    /// Of a source's settings, or problems. It is relied on until it ends.
    pub fn of(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let Some(declaration) = &settings.declaration else {
            let fix = "state who says what, why, and until when";
            builder.problem("declaration", "is missing", fix);
            return None;
        };
        let problems = problems(declaration);
        for (key, reason, fix) in &problems {
            builder.problem(format!("declaration.{key}"), *reason, *fix);
        }
        let lasts = declaration.expires_at - declaration.declared_at;
        let lasts = u64::try_from(lasts.num_seconds()).ok();
        let lasts = lasts
            .and_then(MaxAge::from_secs)
            .filter(|_| problems.is_empty())?;
        builder.lasts_by_default(lasts);
        Some(Self {
            state: declaration.state,
            declared_at: declaration.declared_at,
            expires_at: declaration.expires_at,
        })
    }
}

type Problem = (&'static str, &'static str, &'static str);

fn problems(declaration: &DeclarationSettings) -> Vec<Problem> {
    let lasts = declaration.expires_at - declaration.declared_at;
    let characters = declaration.reason.trim().chars().count();
    let checks = [
        (
            declaration.actor.trim().is_empty(),
            ("actor", "names nobody", "name who answers for it"),
        ),
        (
            characters < MIN_REASON,
            ("reason", "is too short", "say it in 10 characters or more"),
        ),
        (
            lasts < TimeDelta::seconds(1),
            (
                "expires_at",
                "is not after declared_at",
                "write a later time",
            ),
        ),
        (
            lasts > LONGEST,
            (
                "expires_at",
                "is more than a day after declared_at",
                "write a time within 24 hours, and state it anew then",
            ),
        ),
    ];
    let wrong = checks.into_iter().filter(|(is_wrong, _)| *is_wrong);
    wrong.map(|(_, problem)| problem).collect()
}
