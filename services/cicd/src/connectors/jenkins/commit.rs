//! Which commit a build is of. Pure.

use passport_evidence::{Fact, FactName, Limits, Meaning, Reason, StateTable, Subject, Threshold};

use super::model::Action;

const SOURCE_SHA: FactName = FactName::fixed("source_sha");
const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// What the subject says of its revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// It has none.
    None,
    /// A full commit id, in small letters.
    Commit(String),
    /// Something else, such as the beginning of an id, which nothing can be compared with.
    Other,
}

/// A repository, as far as it is named: its host and path, or the end of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(Vec<String>);

// === impl Revision ===

impl Revision {
    /// That of a subject.
    pub fn of(subject: Option<&Subject>) -> Self {
        match subject.and_then(|it| it.revision.as_deref()) {
            None => Self::None,
            Some(text) if is_commit(text) => Self::Commit(text.to_ascii_lowercase()),
            Some(_) => Self::Other,
        }
    }
}

// === impl Repository ===

impl Repository {
    /// The repository that a setting names. `None`: empty, a pattern, or with a user in it who may
    /// be a token.
    pub fn wanted(url: &str) -> Option<Self> {
        let odd = |it: char| it.is_control() || it.is_whitespace() || matches!(it, '*' | '?' | '#');
        let before_host = url.rsplit_once('@').map(|(before, _)| before);
        let user = before_host.map(|it| it.rsplit('/').next().unwrap_or_default());
        let is_sound = !url.contains(odd) && user.is_none_or(|it| it == "git");
        let Self(parts) = Self::of(url);
        (is_sound && parts.iter().all(|it| !it.is_empty())).then_some(Self(parts))
    }

    /// The repository behind a URL, of `scheme://user@host:port/path.git` or `user@host:path.git`.
    fn of(url: &str) -> Self {
        let lower = url.to_ascii_lowercase();
        let (has_scheme, rest) = match lower.split_once("://") {
            Some((_, rest)) => (true, rest),
            None => (false, lower.as_str()),
        };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = match (host.split_once(':'), has_scheme) {
            (Some((host, _port)), true) => host.to_owned(),
            (Some((host, path)), false) => format!("{host}/{path}"),
            (None, _) => host.to_owned(),
        };
        let whole = match path {
            "" => host,
            path => format!("{host}/{path}"),
        };
        let whole = whole.trim_end_matches('/');
        let whole = whole.strip_suffix(".git").unwrap_or(whole);
        Self(whole.split('/').map(str::to_owned).collect())
    }

    /// Whether this names the repository behind a URL: whole parts from its end.
    fn names(&self, url: &str) -> bool {
        Self::of(url).0.ends_with(&self.0)
    }
}

/// The commit that was built, in small letters, or why it is not known.
pub fn built<'a>(
    actions: impl Iterator<Item = &'a Action>,
    wanted: Option<&Repository>,
) -> Result<String, Reason> {
    let mut commits = candidates(actions, wanted);
    let (urls, sha) = commits.next().ok_or(Reason::NoData)?;
    // Where a repository is wanted, all of these are of it, however they were cloned.
    let is_same = |it: (&[String], Option<&str>)| it.1 == sha && (wanted.is_some() || it.0 == urls);
    if !commits.all(is_same) {
        return Err(Reason::Ambiguous);
    }
    match sha {
        Some(sha) if is_commit(sha) => Ok(sha.to_ascii_lowercase()),
        Some(_) | None => Err(Reason::UnexpectedShape),
    }
}

/// Whether a build may be of a commit: one that checked out several and does not tell which of them
/// counts may be of each.
pub fn may_be_of<'a>(
    actions: impl Iterator<Item = &'a Action>,
    wanted: Option<&Repository>,
    commit: &str,
) -> bool {
    let mut commits = candidates(actions, wanted);
    commits.any(|(_, sha)| sha.is_some_and(|it| it.eq_ignore_ascii_case(commit)))
}

/// What was checked out, and where from; of a wanted repository only that.
fn candidates<'a>(
    actions: impl Iterator<Item = &'a Action>,
    wanted: Option<&Repository>,
) -> impl Iterator<Item = (&'a [String], Option<&'a str>)> {
    let checked_out = actions.filter_map(|action| {
        let revision = action.last_built_revision.as_ref()?;
        let urls = action.remote_urls.as_deref().unwrap_or_default();
        Some((urls, revision.sha1.as_deref()))
    });
    checked_out.filter(move |(urls, _)| {
        wanted.is_none_or(|wanted| urls.iter().any(|url| wanted.names(url)))
    })
}

/// Whether the commit is the subject's.
pub fn source_sha(built: &Result<String, Reason>, revision: &Revision) -> Fact {
    match (revision, built) {
        (Revision::None, Ok(sha)) => {
            Fact::not_applicable(SOURCE_SHA, Reason::NoSubject).showing(sha.as_str())
        }
        (Revision::None, Err(_)) => Fact::not_applicable(SOURCE_SHA, Reason::NoSubject),
        (Revision::Other, Ok(sha)) => {
            Fact::unknown(SOURCE_SHA, Reason::NoSubject).showing(sha.as_str())
        }
        (Revision::Other, Err(_)) => Fact::unknown(SOURCE_SHA, Reason::NoSubject),
        (Revision::Commit(wanted), Err(reason)) => {
            Fact::unknown(SOURCE_SHA, *reason).wanting(Some(Threshold::equals(wanted)))
        }
        (Revision::Commit(wanted), Ok(sha)) if sha == wanted => {
            Fact::measured(SOURCE_SHA, sha.as_str().into(), &equals(wanted))
        }
        (Revision::Commit(wanted), Ok(sha)) => Fact::state(SOURCE_SHA, "other", &OTHER)
            .showing(sha.as_str())
            .wanting(Some(Threshold::equals(wanted))),
    }
}

/// The fact where there is no build.
pub fn nothing(reason: Reason) -> Fact {
    Fact::unknown(SOURCE_SHA, reason)
}

fn equals(wanted: &str) -> Limits {
    Threshold::equals(wanted).into()
}

/// Whether a text is a full commit id, of SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|it| it.is_ascii_hexdigit())
}
