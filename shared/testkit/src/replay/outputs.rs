//! Everything that leaves the collector, and what must not be in it.

use passport_connector_sdk::server::Delivered;
use passport_evidence::{Outcome, Problem};

use super::Differences;
use super::play::{End, Played};
use crate::case::Case;

/// Everything that leaves the collector, as text.
pub(crate) struct Outputs(Vec<(&'static str, String)>);

// === impl Outputs ===

impl Outputs {
    pub(super) fn of(played: &Played, log: &str) -> Self {
        let mut outputs = Self::of_log(log);
        match &played.end {
            None => {}
            Some(End::Refused(problems)) => outputs.add_problems(problems),
            Some(End::Outcome(outcome)) => outputs.add_outcome(outcome),
        }
        played
            .answers
            .iter()
            .for_each(|answer| outputs.add_answer(answer));
        outputs
    }

    /// What a source gave.
    pub(crate) fn of_outcome(outcome: &Outcome) -> Self {
        let mut outputs = Self(Vec::new());
        outputs.add_outcome(outcome);
        outputs
    }

    /// What was logged.
    pub(crate) fn of_log(log: &str) -> Self {
        Self(vec![("the log", log.to_owned())])
    }

    /// The first output that holds a text, be it escaped.
    pub(crate) fn holding(&self, text: &str) -> Option<&'static str> {
        let escaped = format!("{text:?}");
        let escaped = escaped.trim_matches('"');
        let holds = |output: &&(&'static str, String)| {
            holds(&output.1, text) || output.1.contains(escaped) && escaped != text
        };
        self.0.iter().find(holds).map(|(name, _)| *name)
    }

    /// Texts that the case forbids, and values of its environment. The values are not repeated.
    pub(super) fn find_leaks(&self, case: &Case, differences: &mut Differences) {
        for text in case.expected.absent.iter().filter(|text| !text.is_empty()) {
            if let Some(output) = self.holding(text) {
                differences.add(format!("{output} holds {text:?}"));
            }
        }
        for (name, value) in case.env.iter().filter(|(_, value)| !value.is_empty()) {
            if let Some(output) = self.holding(value) {
                differences.add(format!("{output} holds the value of {name}"));
            }
        }
    }

    fn add_problems(&mut self, problems: &[Problem]) {
        let texts = problems.iter().map(ToString::to_string);
        self.0
            .extend(texts.map(|text| ("a problem of the configuration", text)));
    }

    fn add_outcome(&mut self, outcome: &Outcome) {
        let name = match outcome {
            Outcome::Evidence(_) => "the evidence",
            Outcome::Failure(_) => "the failure",
        };
        let json = serde_json::to_string(outcome).unwrap_or_default();
        self.0.push((name, json));
        self.0.push((name, format!("{outcome:?}")));
    }

    fn add_answer(&mut self, answer: &Delivered) {
        let reply = answer.reply();
        let body = String::from_utf8_lossy(&reply.body);
        self.0.push((
            "the answer to a sender",
            format!("{:?} {body}", reply.headers),
        ));
        self.0
            .push(("the answer to a sender", format!("{answer:?}")));
    }
}

/// Whether an output holds a text. A number has to stand there by itself: ports and times of a log hold
/// any few digits now and then.
fn holds(output: &str, text: &str) -> bool {
    let is_number = text.bytes().all(|it| it.is_ascii_digit());
    let goes_on = |it: char| it.is_ascii_digit() || it == '.';
    output.match_indices(text).any(|(at, found)| {
        let before = output.get(..at).and_then(|it| it.chars().next_back());
        let after = output.get(at + found.len()..);
        let after = after.and_then(|it| it.chars().next());
        !is_number || !(before.is_some_and(goes_on) || after.is_some_and(|it| it.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_only_found_by_itself() {
        for (output, text, found) in [
            ("count: \"639\"", "639", true),
            ("639", "639", true),
            ("a639b", "639", true),
            ("of 639.", "639", true),
            ("127.0.0.1:46391", "639", false),
            ("took 3.639ms", "639", false),
            ("6391 and 639", "639", true),
            ("secret-1x", "secret-1", true),
        ] {
            assert_eq!(holds(output, text), found, "{output}");
        }
    }
}
