//! A passport in Markdown, for a pull request or the summary of a pipeline.

mod page;
mod text;

use passport_evidence::{Evidence, Fact, Failure, json::time};

use self::{
    page::{Page, Section},
    text::{link, plain, short},
};
use super::Passport;
use crate::gate::{Actor, Approval, Mode, RequirementResult, Waiver};

/// The most bytes that a page has.
pub const MAX_MARKDOWN: usize = 60 << 10;

/// The most artifact digests that are named.
const MAX_DIGESTS: usize = 3;

const REQUIREMENTS: Section = Section {
    title: "Requirements",
    head: "| State | Requirement | Found | Next |\n|---|---|---|---|\n",
    room: 18 << 10,
};
const UNTIL_ALLOWED: Section = Section {
    title: "What would have to change",
    head: "",
    room: 5 << 10,
};
const WAIVERS: Section = Section {
    title: "Waivers",
    head: "| Fact | Reason | By | Until |\n|---|---|---|---|\n",
    room: 5 << 10,
};
const APPROVALS: Section = Section {
    title: "Approvals",
    head: "| By | Reason | Until |\n|---|---|---|\n",
    room: 3 << 10,
};
const EVIDENCE: Section = Section {
    title: "Evidence",
    head: "| Source | Fact | Status | Value | Observed | Provenance |\n|---|---|---|---|---|---|\n",
    room: 12 << 10,
};
const EXCERPTS: Section = Section {
    title: "What log lines look like",
    head: "| Source | Fact | Line, redacted |\n|---|---|---|\n",
    room: 4 << 10,
};
const FAILURES: Section = Section {
    title: "Sources that could not answer",
    head: "| Source | Code | Message |\n|---|---|---|\n",
    room: 5 << 10,
};

/// The decision first, then the requirement that decided it, all requirements, what would have to change,
/// waivers, approvals, evidence with its age, the log lines behind it, and sources that could not answer.
///
/// What others wrote is shown as text: it makes no table, no HTML, no mention and no reference, and a link
/// only to `http` or `https`. At most 60 KiB; what was left out is counted where it would stand.
pub fn markdown(passport: &Passport) -> String {
    let mut page = Page::beginning(head(passport));
    page.section(&REQUIREMENTS, passport.requirements.iter().map(requirement));
    let changes = passport.until_allowed.iter();
    page.section(
        &UNTIL_ALLOWED,
        changes.map(|it| format!("- {}\n", plain(it))),
    );
    page.section(&WAIVERS, passport.waivers.iter().map(waiver));
    page.section(&APPROVALS, passport.approvals.iter().map(approval));
    let facts = passport.evidence.iter();
    let facts = facts.flat_map(|of| of.facts().iter().map(move |it| fact(of, it)));
    page.section(&EVIDENCE, facts);
    page.section(&EXCERPTS, passport.evidence.iter().flat_map(excerpts));
    page.section(&FAILURES, passport.failures.iter().map(failure));
    page.finished()
}

fn head(passport: &Passport) -> String {
    let mut head = format!(
        "## Release gate: {} for {}\n\n",
        plain(passport.decision.as_str()),
        plain(&passport.scope.to_string())
    );
    if let Some(deciding) = passport.requirements.first() {
        head += &format!(
            "**{}**: {}\n\n",
            plain(&deciding.requirement),
            plain(&deciding.explanation)
        );
    }
    let binds = match passport.mode {
        Mode::Shadow => "shadow: it is recorded only and approves nothing",
        Mode::Advisory => "advisory: it warns",
        Mode::Enforce => "enforce: it stops the pipeline unless the release may go",
    };
    head += &format!("- Mode: {binds}\n{}", release(passport));
    head += &format!("- Decided: {}\n", time(passport.decided_at));
    head += &match passport.valid_until {
        Some(end) => format!("- Valid until: {}\n", time(end)),
        None => "- Valid until: it rests on nothing that can be relied on\n".to_owned(),
    };
    if let Some(at) = passport.revoked_at {
        head += &format!("- **Withdrawn: {}**\n", time(at));
    }
    let (id, policy) = (passport.id, passport.policy_digest);
    head + &format!("- Passport: `{id}`, policy `{policy}`\n")
}

fn release(passport: &Passport) -> String {
    let Some(subject) = &passport.subject else {
        return "- Release: nobody said which\n".to_owned();
    };
    let version = subject.version.as_ref().map(|it| ("version", it));
    let revision = subject.revision.as_ref().map(|it| ("revision", it));
    // An index and its platforms; the whole list stands in the record.
    let digests = subject.artifact_digests.iter();
    let more = digests.len().saturating_sub(MAX_DIGESTS);
    let parts = version.into_iter().chain(revision);
    let parts = parts.chain(digests.take(MAX_DIGESTS).map(|it| ("artifact", it)));
    let parts = parts.map(|(what, it)| format!("{what} {}", short(it)));
    let more = (more > 0).then(|| format!("{more} more artifacts"));
    format!(
        "- Release: {}\n",
        parts.chain(more).collect::<Vec<_>>().join(", ")
    )
}

fn row<const N: usize>(cells: [String; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn requirement(result: &RequirementResult) -> String {
    let waiver = result.waiver_id.as_ref();
    let waiver = waiver.map(|id| format!(" (waiver {})", plain(id)));
    let (state, then) = (result.state.as_str(), result.consequence.as_str());
    row([
        format!("{state}: {then}{}", waiver.unwrap_or_default()),
        plain(&result.requirement),
        plain(&result.explanation),
        result.next_action.as_deref().map(plain).unwrap_or_default(),
    ])
}

fn waiver(waiver: &Waiver) -> String {
    let second = waiver.second_actor.as_ref();
    let second = second.map(|it| format!(", agreed by {}", by(it)));
    row([
        format!(
            "{}{} of {}",
            plain(waiver.fact.as_str()),
            about(waiver.item.as_deref()),
            plain(waiver.source.as_str())
        ),
        plain(&waiver.reason),
        by(&waiver.actor) + &second.unwrap_or_default(),
        time(waiver.expires_at),
    ])
}

fn approval(approval: &Approval) -> String {
    row([
        by(&approval.actor),
        plain(&approval.reason),
        time(approval.expires_at),
    ])
}

fn by(actor: &Actor) -> String {
    format!("{} ({})", plain(&actor.subject), plain(&actor.issuer))
}

fn about(item: Option<&str>) -> String {
    item.map(|it| format!(" ({})", plain(it)))
        .unwrap_or_default()
}

fn fact(of: &Evidence, fact: &Fact) -> String {
    let wanted = fact.threshold();
    let wanted = wanted.map(|it| format!(" (wanted {})", plain(&it.to_string())));
    let value = fact.value_text().as_deref().map(plain);
    let reason = fact.reason();
    let reason = reason.map(|it| format!(" ({})", plain(it.as_str())));
    let observed = fact.observed_at().or(of.freshness().observed_at);
    let seconds = of.freshness().max_age.as_secs();
    row([
        plain(of.source.as_str()),
        format!(
            "{}{}{}",
            plain(fact.name().as_str()),
            about(fact.item()),
            fact.link().and_then(link).unwrap_or_default()
        ),
        plain(fact.status().as_str()) + &reason.unwrap_or_default(),
        value.unwrap_or_default() + &wanted.unwrap_or_default(),
        match observed {
            Some(at) => format!("{}, good for {seconds} s", time(at)),
            None => "no trusted time".to_owned(),
        },
        of.provenance.origin.as_str().to_owned() + refresh(of),
    ])
}

fn excerpts(of: &Evidence) -> impl Iterator<Item = String> {
    of.facts().iter().flat_map(move |fact| {
        let name = plain(fact.name().as_str()) + &about(fact.item());
        let lines = fact.excerpts().iter().map(plain);
        let counts = fact.excerpts().redactions_text();
        let counts = counts.map(|it| format!("*taken out of these lines: {}*", plain(&it)));
        let told = lines.chain(counts);
        told.map(move |it| row([plain(of.source.as_str()), name.clone(), it]))
    })
}

fn refresh(of: &Evidence) -> &'static str {
    match of.provenance.failed_refresh {
        Some(_) => ", last refresh failed",
        None => "",
    }
}

fn failure(failure: &Failure) -> String {
    row([
        plain(failure.source.as_str()),
        plain(failure.code.as_str()),
        plain(&failure.message),
    ])
}

#[cfg(test)]
mod tests;
