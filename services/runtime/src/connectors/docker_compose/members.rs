//! Which of the listed containers are the service's, after Compose's labels.

use std::collections::BTreeSet;

use passport_evidence::Reason;

use super::{model::Listed, settings::Scope};

/// Most containers that are looked at: more of one service are nobody's on one host.
const MAX_CONTAINERS: usize = 100;

/// The containers of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Those that count.
    pub kept: Vec<Listed>,
    /// Whether one of them is being replaced by another.
    pub is_recreating: bool,
}

// === impl Members ===

impl Members {
    /// Those of a list that was filtered by the scope's labels.
    ///
    /// # Errors
    /// Why it can't be told which they are.
    pub fn of(listed: Vec<Listed>, scope: &Scope) -> Result<Self, Reason> {
        if listed.iter().any(|it| !is_of(it, scope)) {
            return Err(Reason::FilterNotApplied);
        }
        let mut all = once(listed)?;
        all.retain(|it| !is_oneoff(it) && is_of_folder(it, scope));
        if scope.working_dir.is_none() && folders(&all).len() > 1 {
            return Err(Reason::Ambiguous);
        }
        // What is created to take another's place does not serve yet.
        let (coming, kept): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|it| takes_a_place(it, &all));
        if kept.len() > MAX_CONTAINERS {
            return Err(Reason::Incomplete);
        }
        Ok(Self {
            kept,
            is_recreating: !coming.is_empty(),
        })
    }
}

fn is_of(container: &Listed, scope: &Scope) -> bool {
    container.label("project") == Some(&scope.project)
        && container.label("service") == Some(&scope.service)
}

/// Each container once. One that is listed twice, and otherwise, is none of both.
pub fn once(listed: Vec<Listed>) -> Result<Vec<Listed>, Reason> {
    let mut all: Vec<Listed> = Vec::new();
    for container in listed {
        match all.iter().find(|it| it.id == container.id) {
            None => all.push(container),
            Some(same) if *same == container => {}
            Some(_) => return Err(Reason::Contradictory),
        }
    }
    Ok(all)
}

/// Started by hand beside the service, as `docker compose run` does.
pub fn is_oneoff(container: &Listed) -> bool {
    let label = container.label("oneoff");
    label.is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// Of the folder that the source names, if it names one.
pub fn is_of_folder(container: &Listed, scope: &Scope) -> bool {
    let wanted = scope.working_dir.as_deref();
    wanted.is_none() || container.label("project.working_dir") == wanted
}

/// The folders that projects of this name were started in.
pub fn folders(all: &[Listed]) -> BTreeSet<Option<&str>> {
    all.iter()
        .map(|it| it.label("project.working_dir"))
        .collect()
}

/// Current Compose writes the name without the project, so that a container's number is what is told.
fn is_one_place(one: &Listed, other: &Listed) -> bool {
    let number = |it: &Listed| it.label("container-number").map(str::to_owned);
    number(one).is_some() && number(one) == number(other)
}

/// The label stays when the other is gone, and may then be the container's own name.
fn takes_a_place(container: &Listed, all: &[Listed]) -> bool {
    let Some(replaced) = container.label("replace") else {
        return false;
    };
    let mut others = all.iter().filter(|it| it.id != container.id);
    others.any(|it| it.is_called(replaced) || is_one_place(it, container))
}
