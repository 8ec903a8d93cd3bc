//! Tasks of the compute engine. Pure.

use passport_evidence::{Fact, FactName, Reason, Status};

use super::{
    model::{Analysis, Task, TasksReply},
    settings::{Scope, Target},
    states,
};

const ANALYSIS_TASK: FactName = FactName::fixed("analysis_task");
/// The task that makes an analysis of what a scanner reported.
const REPORT: &str = "REPORT";
const NONE: &str = "none";

/// The tasks that make analyses of one branch or pull request.
#[derive(Debug, Default)]
pub struct Tasks {
    queued: Vec<Task>,
    /// The last one that ended.
    ended: Option<Ended>,
}

/// A task that ended.
#[derive(Debug)]
struct Ended {
    task: Task,
    /// It may be of another branch.
    is_doubtful: bool,
}

/// Whose task it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours,
    Another,
    /// Of the main branch, which may be ours.
    Unsure,
}

/// Whether some task is of the main branch without saying its name.
pub fn are_some_unnamed(reply: &TasksReply) -> bool {
    let mut all = reply.queue.iter().chain(&reply.current);
    all.any(|it| it.kind == REPORT && it.branch.is_none() && it.pull_request.is_none())
}

/// Whether all tasks are of the project.
pub fn are_of(reply: &TasksReply, project_key: &str) -> bool {
    let mut all = reply.queue.iter().chain(&reply.current);
    all.all(|it| {
        it.component_key
            .as_deref()
            .is_none_or(|it| it == project_key)
    })
}

// === impl Tasks ===

impl Tasks {
    /// Those of the target. A task that may be of it counts where it is bad news.
    pub fn of(reply: TasksReply, scope: &Scope, main_branch: Option<&str>) -> Self {
        let whose = |it: &Task| whose(it, &scope.target, main_branch);
        let queued = reply.queue.into_iter();
        let ended = reply.current.map(|task| (whose(&task), task));
        Self {
            queued: queued.filter(|it| whose(it) != Whose::Another).collect(),
            ended: match ended {
                Some((Whose::Ours, task)) => Some(Ended {
                    task,
                    is_doubtful: false,
                }),
                Some((Whose::Unsure, task)) => Some(Ended {
                    task,
                    is_doubtful: true,
                }),
                Some((Whose::Another, _)) | None => None,
            },
        }
    }

    /// Whether an analysis is on its way.
    pub fn is_queued(&self) -> bool {
        !self.queued.is_empty()
    }

    /// Whether the last report came to nothing, so that the gate is of an older one.
    pub fn is_broken(&self) -> bool {
        let ended = self.ended.as_ref();
        let fact = ended.map(|it| states::ended(ANALYSIS_TASK, &it.task.status));
        fact.is_some_and(|it| it.status() != Status::Passed)
    }

    /// How the newest task is. Without an analysis there is no time.
    pub fn fact(&self, analysis: Option<&Analysis>) -> Fact {
        if self.is_queued() {
            let queued = self.queued.iter();
            let parts: Vec<_> = queued
                .map(|it| states::queued(ANALYSIS_TASK, &it.status))
                .collect();
            return Fact::fold(ANALYSIS_TASK, &parts);
        }
        let Some(Ended { task, is_doubtful }) = &self.ended else {
            return unread(Reason::NoData).showing(NONE);
        };
        let fact = states::ended(ANALYSIS_TASK, &task.status);
        let made = task.analysis_id.as_ref();
        let made_ours = analysis.is_some_and(|it| Some(&it.key) == made);
        let fact = match *is_doubtful && !made_ours {
            true => fact.contradict(Reason::Incomplete),
            false => fact,
        };
        let at = task.executed_at.or(analysis.and_then(|it| it.date));
        fact.observed(at.filter(|_| analysis.is_some()))
    }
}

/// Nothing is known of tasks.
pub fn unread(reason: Reason) -> Fact {
    Fact::unknown(ANALYSIS_TASK, reason).wanting(Some(states::good_task()))
}

fn whose(task: &Task, target: &Target, main_branch: Option<&str>) -> Whose {
    let is_ours = match target {
        _ if task.kind != REPORT => false,
        Target::PullRequest(key) => task.pull_request.as_ref() == Some(key),
        Target::Branch(_) if task.pull_request.is_some() => false,
        Target::Branch(name) => match (task.branch.as_deref(), main_branch) {
            (Some(of), _) | (None, Some(of)) => of == name,
            (None, None) => return Whose::Unsure,
        },
    };
    match is_ours {
        true => Whose::Ours,
        false => Whose::Another,
    }
}
