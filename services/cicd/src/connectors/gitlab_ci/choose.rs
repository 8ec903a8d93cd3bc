//! Which pipeline is judged. Pure.

use super::{
    model::Pipeline,
    settings::{Project, Wanted},
};

/// What starts a child, which never counts as the pipeline of its commit.
const CHILD: &str = "parent_pipeline";

/// Whether all are of the source's project. Where the source names a path, GitLab alone knows its
/// id: it must be one and the same.
pub fn are_in_scope(project: &Project, ids: impl IntoIterator<Item = u64>) -> bool {
    let mut ids = ids.into_iter();
    match project {
        Project::Id(own) => ids.all(|it| it == *own),
        Project::Path(_) => ids.next().is_none_or(|first| ids.all(|it| it == first)),
    }
}

/// Of the pipelines of the commit the newest; where there is none of it, the newest of another.
pub fn newest(all: Vec<Pipeline>, revision: Option<&str>, wanted: &Wanted) -> Option<Pipeline> {
    let fits = |it: &Pipeline| {
        let git_ref = wanted.git_ref.as_ref();
        git_ref.is_none_or(|git_ref| it.git_ref == *git_ref) && it.source.as_deref() != Some(CHILD)
    };
    let is_meant = |it: &Pipeline| revision.is_none_or(|sha| it.sha.eq_ignore_ascii_case(sha));
    let all = all.into_iter().filter(fits);
    all.max_by_key(|it| (is_meant(it), it.id))
}
