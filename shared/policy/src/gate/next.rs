//! What to do about what stands against a release.

use passport_evidence::{Evidence, Fact, Failure, FailureCode, Reason, Status};

use super::findings::Found;

/// What to do next, in words.
pub(super) fn action(found: &Found<'_>) -> String {
    match found {
        Found::Fact(evidence, fact) => of_fact(evidence, fact),
        Found::Declared(evidence, fact) => format!(
            "let a provider tell {}, or name {} and the fact with `accept_declared: true` in the policy",
            fact.name(),
            evidence.source
        ),
        Found::NoFact(source, Some(name)) => {
            format!("let {source} tell {name}, or take it out of what the policy requires")
        }
        Found::NoFact(source, None) => format!("give {source} a threshold to judge by"),
        Found::Failure(failure, _) => of_failure(failure),
        Found::NoOutcome(source, _) => {
            format!("see that the collector of {source} runs with this configuration")
        }
        Found::NoSource(category) => format!("configure a source of {}", category.as_str()),
    }
}

fn of_fact(evidence: &Evidence, fact: &Fact) -> String {
    let (name, source) = (fact.name(), &evidence.source);
    let next = match fact.reason() {
        None => "see what it is about",
        Some(reason) => by_reason(reason),
    };
    let linked = fact
        .link()
        .map(|link| format!(": {link}"))
        .unwrap_or_default();
    match fact.status() {
        Status::Failed | Status::Warning => format!("mend {name} of {source}: {next}{linked}"),
        Status::Passed | Status::Pending | Status::Unknown | Status::NotApplicable => {
            format!("{name} of {source}: {next}{linked}")
        }
    }
}

fn by_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ThresholdMissed => "bring the value within its threshold",
        Reason::BadState => "bring it into a good state",
        Reason::Degraded => "see what the provider has reservations about",
        Reason::InProgress => "wait until it has finished",
        Reason::AwaitingApproval => "have it approved",
        Reason::OutsideWindow => "wait for the window, or have it moved",
        Reason::NoData => "see that the provider has data of this service",
        Reason::Stale => "see why nothing newer came",
        Reason::Future | Reason::NoTime => "see that the clocks agree and times are sent",
        Reason::NotANumber | Reason::OutOfDomain => "see that what is measured is what is meant",
        Reason::Ambiguous => "narrow the source to one answer",
        Reason::Incomplete | Reason::PartialResponse => "see what was left out of the answer",
        Reason::InsufficientSample => "wait until there is enough to judge by",
        Reason::BaselineMissing => "give it something to be compared with",
        Reason::UnrecognizedState => "see what the provider means by this state",
        Reason::Contradictory => "see which of two statements is true",
        Reason::UnexpectedShape => "see that the provider's version is one that is supported",
        Reason::QueryRejected => "mend the source's query",
        Reason::FilterNotApplied => "see why the provider answers beyond the filter",
        Reason::Denied => "give the source's credential the right to read it",
        Reason::Unavailable => "ask again; see how the provider is",
        Reason::OtherSubject => {
            "release what the evidence is about, or let it be made for this release"
        }
        Reason::NoSubject => "say which commit or artifact is to be released",
        Reason::NotConfigured => "set what it needs in the source",
        Reason::Suppressed => "end the mute, or look at what it hides",
        Reason::TooBroad => "give the source a narrower credential",
        Reason::BreadthUnknown => "show by other means how narrow the credential is",
        Reason::Expired => "have it made anew",
        Reason::SelfDeclared => "let a provider tell it",
        Reason::LowerBound => "find out the whole number",
        Reason::Informational => "give it a threshold to be judged by",
    }
}

fn of_failure(failure: &Failure) -> String {
    let source = &failure.source;
    let next = match failure.code {
        FailureCode::Unreachable => {
            "see that the provider runs and can be reached from the collector"
        }
        FailureCode::TimedOut => "ask again with more time; see how the provider is",
        FailureCode::Throttled => "ask again later, or less often",
        FailureCode::Unauthenticated => "renew the source's credential",
        FailureCode::Denied => "give the source's credential the right to read its target",
        FailureCode::NotFound => "see that the source's target is spelt as the provider has it",
        FailureCode::Malformed => {
            "see that the endpoint is the provider's own, and not a login page"
        }
        FailureCode::TooLarge => "narrow the source",
        FailureCode::OutOfScope => {
            "see that gateway and collectors have the same configuration, and that the address is allowed"
        }
        FailureCode::TooBroad => "give the source a narrower credential",
        FailureCode::NotConfigured => "give the source the setting or secret that it lacks",
        FailureCode::NotSupported => "see that the provider's version is one that is supported",
        FailureCode::Internal => "look into the collector's log; it names the request",
    };
    let when = failure.retry_at.map(|at| format!(", not before {at}"));
    format!("{source}: {next}{}", when.unwrap_or_default())
}
