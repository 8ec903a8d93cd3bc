//! Which analysis is judged. Pure.

use passport_evidence::{Reason, Subject};

use super::{
    client::Analyses,
    model::{Analysis, PullRequest},
};

/// The commit that is released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// None was given.
    None,
    /// A full commit id, in small letters.
    Commit(String),
    /// Something that names no one commit.
    Unusable,
}

/// What is judged.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The analysis; `None`: there is none at all.
    pub analysis: Option<Analysis>,
    /// Whether it is the newest of its branch, whose measures are told.
    pub is_newest: bool,
    /// Whether an analysis of the commit may still be beyond what was read.
    pub is_cut: bool,
}

// === impl Chosen ===

impl Chosen {
    /// Whether both chose the same, of the same list as far as that matters.
    pub fn is_same(&self, other: &Self) -> bool {
        self.analysis == other.analysis && self.is_newest == other.is_newest
    }
}

// === impl Revision ===

impl Revision {
    /// That of a subject.
    pub fn of(subject: Option<&Subject>) -> Self {
        match subject.and_then(|it| it.revision.as_deref()) {
            None => Self::None,
            Some(text) if is_commit(text) => Self::Commit(text.to_ascii_lowercase()),
            Some(_) => Self::Unusable,
        }
    }

    /// Whether an analysis is of this commit.
    pub fn is_of(&self, analysis: &Analysis) -> bool {
        let found = analysis.revision.as_deref();
        match self {
            Self::Commit(sha) => found.is_some_and(|it| it.eq_ignore_ascii_case(sha)),
            Self::None | Self::Unusable => false,
        }
    }
}

/// Whether a text is a full commit id, of SHA-1 or SHA-256.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Of the analyses of the commit the newest; where there is none of it, the newest of all.
pub fn of_branch(analyses: &Analyses, revision: &Revision) -> Chosen {
    let newest = newest(analyses.items.iter());
    let meant = self::newest(analyses.items.iter().filter(|it| revision.is_of(it)));
    let judged = meant.or(newest);
    Chosen {
        is_newest: judged == newest,
        is_cut: meant.is_none() && !analyses.is_whole,
        analysis: judged.cloned(),
    }
}

/// A pull request keeps only its newest analysis.
pub fn of_pull_request(all: Vec<PullRequest>, key: &str) -> Result<Chosen, Reason> {
    let mut named = all.into_iter().filter(|it| it.key == key);
    let found = named.next();
    if named.next().is_some() {
        return Err(Reason::Ambiguous);
    }
    let analysis = found.filter(|it| it.analysis_date.is_some());
    Ok(Chosen {
        analysis: analysis.map(|it| Analysis {
            key: String::new(),
            date: it.analysis_date,
            revision: it.commit.and_then(|commit| commit.sha),
        }),
        is_newest: true,
        is_cut: false,
    })
}

/// The server lists the newest first; only a later time says otherwise.
fn newest<'a>(all: impl Iterator<Item = &'a Analysis>) -> Option<&'a Analysis> {
    all.reduce(
        |best, it| match best.date.is_some() && it.date > best.date {
            true => it,
            false => best,
        },
    )
}
