//! Rules that this version can't play.

use crate::case::Rules;

/// Names of the rules of a case that this version can't play: its verdict would prove nothing.
pub(super) fn unplayed(rules: &Rules) -> Vec<&'static str> {
    let Rules {
        form_as_query: _,
        json_query: _,
        access_reviews: _,
        undeclared_operation: _,
        requests: _,
        wait_ms,
        sigv4,
        deadline: _,
        // Evidence shows neither excerpts nor how often a pattern hit: nothing could be wrong.
        excerpts: _,
        redactions: _,
        responses: _,
        tls: _,
        dns,
        smtp,
        sent,
        open_request,
        caller,
        approver,
    } = rules;
    let asked = [
        ("waitMs", wait_ms.is_some()),
        ("sigv4", *sigv4),
        ("dns", !dns.is_empty()),
        ("smtp", !smtp.is_empty()),
        ("sent", sent.is_some()),
        ("openRequest", open_request.is_some()),
        ("caller", caller.is_some()),
        ("approver", approver.is_some()),
    ];
    asked
        .into_iter()
        .filter_map(|(name, asked)| asked.then_some(name))
        .collect()
}
