//! What became of all calls of a drill.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Most of what is wrong that is told in words.
const TOLD: usize = 5;

/// What became of all calls of a drill.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Times that the fault was made.
    pub rounds: u32,
    /// Calls that were sent.
    pub calls: u64,
    /// Replies in which everything was there and right.
    pub right: u64,
    /// What was not given while a service was harmed, by the code that said so.
    pub refused: BTreeMap<String, u64>,
    /// Replies that say what is not so, or lack what should be there.
    pub wrong: u64,
    /// Replies after their deadline.
    pub late: u64,
    /// Deliveries that were acknowledged.
    pub acknowledged: u64,
    /// Deliveries that were acknowledged and are not kept.
    pub lost: u64,
    /// From the end of each fault to the first reply with everything in it.
    pub recovery: Vec<Duration>,
    /// Some of what was wrong, in words.
    pub told: Vec<String>,
}

// === impl Counts ===

impl Counts {
    /// Whether nothing was wrong, late or lost, and something was right.
    #[must_use]
    pub fn are_good(&self) -> bool {
        self.wrong + self.late + self.lost == 0 && self.right > 0
    }

    pub(super) fn wrong(&mut self, what: String) {
        self.wrong += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }

    fn refusals(&self) -> String {
        let codes = self.refused.iter();
        let codes: Vec<_> = codes
            .map(|(code, times)| format!("{code} {times}"))
            .collect();
        codes.join(", ")
    }

    /// The middle and the longest of the recoveries, in milliseconds.
    fn recoveries(&self) -> String {
        let mut sorted = self.recovery.clone();
        sorted.sort_unstable();
        match (sorted.get(sorted.len() / 2), sorted.last()) {
            (Some(middle), Some(longest)) => {
                format!("{} / {}", middle.as_millis(), longest.as_millis())
            }
            (_, _) => String::from("-"),
        }
    }
}

/// The counts of some drills as a table of Markdown.
#[must_use]
pub fn table(drills: &[(&str, Counts)]) -> String {
    let mut text = String::from(
        "| drill | times | calls | right | wrong | late | acknowledged | lost | recovery ms, median / longest | refused while harmed |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, it) in drills {
        // Writing into a text does not fail.
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            it.rounds,
            it.calls,
            it.right,
            it.wrong,
            it.late,
            it.acknowledged,
            it.lost,
            it.recoveries(),
            it.refusals(),
        );
    }
    text
}
