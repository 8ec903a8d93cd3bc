//! Which run is judged. Pure.

pub use passport_connector_sdk::commit::{is_commit, revision};

use super::{model::Run, settings::ScopeSettings};

const FOLDER: &str = ".github/workflows/";

/// Whether a run is of the source's repository and workflow.
pub fn is_in_scope(run: &Run, scope: &ScopeSettings) -> bool {
    let of_repository = is_repository(&run.repository.full_name, scope);
    of_repository && is_workflow(&run.path, run.workflow_id, scope)
}

/// Whether a repository is the source's. GitHub takes names in any case.
pub fn is_repository(full_name: &str, scope: &ScopeSettings) -> bool {
    full_name.eq_ignore_ascii_case(&scope.repository())
}

/// Whether a workflow is the source's, by its file or its id.
pub fn is_workflow(path: &str, id: u64, scope: &ScopeSettings) -> bool {
    let wanted = &scope.workflow;
    if wanted.parse() == Ok(id) {
        return true;
    }
    let file = path.strip_prefix(FOLDER);
    let rest = file.and_then(|file| file.strip_prefix(wanted.as_str()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
}

/// Whether its commit comes from another repository.
pub fn is_of_a_fork(run: &Run, scope: &ScopeSettings) -> bool {
    let head = run.head_repository.as_ref();
    !head.is_some_and(|head| is_repository(&head.full_name, scope))
}

/// Of the runs of the commit the newest; where there is none of it, the newest of another.
pub fn newest(runs: Vec<Run>, revision: Option<&str>, scope: &ScopeSettings) -> Option<Run> {
    let fits = |it: &Run| {
        let branch = scope.branch.as_ref();
        let event = scope.event.as_ref();
        branch.is_none_or(|branch| it.head_branch.as_ref() == Some(branch))
            && event.is_none_or(|event| it.event == *event)
    };
    let runs: Vec<_> = runs.into_iter().filter(fits).collect();
    let is_meant = |it: &Run| revision.is_none_or(|sha| it.head_sha.eq_ignore_ascii_case(sha));
    let age = |it: &Run| (is_meant(it), it.id, it.run_attempt);
    runs.into_iter().max_by_key(age)
}
