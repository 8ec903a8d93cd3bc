//! Whether open tickets block this one. Pure.

use passport_evidence::{Fact, Limits, Quantity, Reason};

use super::{BLOCKERS, threshold};
use crate::connectors::jira::{
    model::{Link, Target, Ticket},
    wanted::Wanted,
};
use passport_connector_sdk::Part;

/// How the inward side of Jira's own type for blockers reads.
const BLOCKED: &str = "is blocked by";
/// How those of its other types read.
const OTHERS: [&str; 3] = ["is cloned by", "is duplicated by", "relates to"];

/// What a link means.
enum Role {
    Blocks,
    Other,
    /// It may block: its name may have been changed or translated.
    Unclear,
}

/// The fact.
pub fn fact(ticket: &Ticket, wanted: &Wanted) -> Fact {
    let limits = Limits {
        threshold: threshold(&BLOCKERS, wanted),
        warn_threshold: None,
    };
    let links = match ticket.fields.issuelinks.required() {
        Ok(links) => links,
        Err(reason) => return Fact::unknown(BLOCKERS, reason).wanting(limits.threshold),
    };
    let mut open = 0;
    let mut doubts = Vec::new();
    for link in links {
        match judge(link, wanted) {
            Ok(true) => open += 1,
            Ok(false) => {}
            Err(reason) => doubts.push(reason),
        }
    }
    let fact = Fact::measured(BLOCKERS, Quantity::count(open).into(), &limits);
    doubts.into_iter().fold(fact, Fact::doubt)
}

/// Whether a link is to an open ticket that blocks this one.
fn judge(link: &Link, wanted: &Wanted) -> Result<bool, Reason> {
    let target = match (&link.inward, &link.outward) {
        (Part::Is(target), _) => target,
        (Part::Missing | Part::Null, Part::Is(_)) => return Ok(false),
        (_, _) => return Err(Reason::UnexpectedShape),
    };
    match (role(link, wanted), is_open(target)) {
        (Role::Other, _) | (Role::Unclear, Ok(false)) => Ok(false),
        (Role::Blocks, is_open) => is_open,
        (Role::Unclear, Ok(true) | Err(_)) => Err(Reason::UnrecognizedState),
    }
}

fn role(link: &Link, wanted: &Wanted) -> Role {
    let reads = |it: &str| link.kind.inward.eq_ignore_ascii_case(it);
    match &wanted.link_types {
        Some(types) if types.contains(&link.kind.id) => Role::Blocks,
        Some(_) => Role::Other,
        None if reads(BLOCKED) => Role::Blocks,
        None if OTHERS.iter().any(|it| reads(it)) => Role::Other,
        None => Role::Unclear,
    }
}

/// Only the kind of its status is told of a linked ticket that is the same in every language.
fn is_open(target: &Target) -> Result<bool, Reason> {
    let fields = match &target.fields {
        Part::Is(fields) => fields,
        Part::Missing | Part::Null => return Err(Reason::Denied),
        Part::Odd => return Err(Reason::UnexpectedShape),
    };
    let status = fields.status.required()?;
    match status.category.key.as_str() {
        "new" | "indeterminate" => Ok(true),
        "done" => Ok(false),
        _ => Err(Reason::UnrecognizedState),
    }
}
