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
        sigv4: _,
        deadline: _,
        excerpts: _,
        redactions: _,
        responses: _,
        dns: _,
        smtp: _,
        sent: _,
        open_request: _,
        caller: _,
        approver: _,
        tls: _,
    } = rules;
    let asked = [("waitMs", wait_ms.is_some())];
    asked
        .into_iter()
        .filter_map(|(name, asked)| asked.then_some(name))
        .collect()
}
