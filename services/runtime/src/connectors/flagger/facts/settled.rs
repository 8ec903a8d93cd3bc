//! Whether what Flagger last said is about what is there now. It observes no generation: what it has not
//! seen yet shows in the specs that it hashes, and in the images of the target.

use passport_evidence::Reason;

use crate::cluster::workload::Workload;
use crate::connectors::flagger::{
    client::{Parts, Seen},
    model::{Canary, Target},
};

/// Whether what Flagger last said is about what is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is.
    Yes,
    /// Something newer is there.
    No,
    /// Something newer is there, and Flagger leaves it alone.
    Suspended,
    /// That can't be told.
    Untold(Reason),
}

/// Of a Canary with its workloads.
pub fn of(canary: &Canary, target: Target, parts: Option<&Parts>) -> Settled {
    let newer = match is_newer(target, parts) {
        Ok(newer) => newer,
        Err(reason) => return Settled::Untold(reason),
    };
    match (newer, canary.is_suspended(), canary.is_promoted()) {
        (true, true, _) => Settled::Suspended,
        (true, false, _) | (false, _, Some(false)) => Settled::No,
        (false, _, Some(true)) if is_contradicted(canary) => Settled::Untold(Reason::Contradictory),
        (false, _, Some(true)) => Settled::Yes,
        (false, _, None) => Settled::Untold(Reason::UnexpectedShape),
    }
}

fn is_contradicted(canary: &Canary) -> bool {
    canary.status.phase.as_deref() == Some("Succeeded") && canary.denies_promotion()
}

/// Whether the target is newer than the primary. A Service has no images.
fn is_newer(target: Target, parts: Option<&Parts>) -> Result<bool, Reason> {
    match (target, parts) {
        (Target::Service, _) => Ok(false),
        (Target::Unrecognized, _) => Err(Reason::UnrecognizedState),
        (Target::Workload(_), None) => Err(Reason::NoData),
        (Target::Workload(_), Some(parts)) => {
            let differ = of_seen(&parts.target)? != of_seen(&parts.primary)?;
            let is_unseen = |it: &Seen| !it.workload.is_observed();
            Ok(differ || parts.target.as_ref().is_ok_and(is_unseen))
        }
    }
}

fn of_seen(seen: &Result<Seen, Reason>) -> Result<Vec<(&str, &str)>, Reason> {
    match seen {
        Ok(seen) => images(&seen.workload),
        Err(reason) => Err(*reason),
    }
}

/// The containers of a workload's template with their images, in an order of their own.
fn images(workload: &Workload) -> Result<Vec<(&str, &str)>, Reason> {
    let template = &workload.spec.template.spec;
    let initial = template.init_containers.iter().flatten();
    let all = template.containers.iter().chain(initial);
    let images = all.map(|it| {
        let image = it.image.as_deref().filter(|it| !it.is_empty());
        image.map(|image| (it.name.as_str(), image))
    });
    let images: Option<Vec<_>> = images.collect();
    let mut images = images
        .filter(|it| !it.is_empty())
        .ok_or(Reason::UnexpectedShape)?;
    images.sort_unstable();
    Ok(images)
}
