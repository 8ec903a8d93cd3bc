//! Which release was before the one that is judged. Pure.

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use super::{asked::Listed, model::ListedRelease, names};

/// The newest release of a project before one of its releases.
///
/// # Errors
/// There is none, more than one comes into question, or not all of the list was read: it may stand in the rest.
pub fn of<'a>(
    listed: &'a Listed<ListedRelease>,
    release: &str,
    project: &str,
) -> Result<&'a str, Reason> {
    if !listed.is_whole {
        return Err(Reason::Incomplete);
    }
    let ours = listed.rows.iter().filter(|it| is_of(it, project));
    let ours: Vec<_> = ours.map(|it| (at(it), it.version.as_str())).collect();
    let own = ours.iter().find(|(_, version)| *version == release);
    let (Some(own), _) = *own.ok_or(Reason::BaselineMissing)? else {
        return Err(Reason::NoTime);
    };
    let others = ours.iter().filter(|(_, version)| *version != release);
    let others = others.map(|(at, it)| Some((*at.as_ref()?, *it)));
    let others: Vec<_> = others.collect::<Option<_>>().ok_or(Reason::NoTime)?;
    // Of one at the very same moment nobody can say whether it was before.
    if others.iter().any(|(at, _)| *at == own) {
        return Err(Reason::Ambiguous);
    }
    let before = || others.iter().filter(|(at, _)| *at < own);
    let newest = before().max_by_key(|(at, _)| *at);
    let (newest, version) = *newest.ok_or(Reason::BaselineMissing)?;
    match before().filter(|(at, _)| *at == newest).count() {
        1 if names::is_release(version) => Ok(version),
        1 => Err(Reason::UnexpectedShape),
        _ => Err(Reason::Ambiguous),
    }
}

fn is_of(release: &ListedRelease, project: &str) -> bool {
    release.projects.iter().any(|it| it.id.text() == project)
}

/// When it was released, else when Sentry first heard of it.
fn at(release: &ListedRelease) -> Option<DateTime<Utc>> {
    release.date_released.or(release.date_created)
}
