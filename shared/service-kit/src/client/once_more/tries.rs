//! What may be asked twice.

use crate::client::unanswered::Seen;

const SERVICE: &str = "/passport.collector.v1.CollectorService/";

/// Calls that read only, and deliveries, of which one that comes twice is kept once. A check is
/// not among them, as each may ask the provider; nor is what is not known.
const REPEATABLE: [&str; 5] = [
    "Collect",
    "CollectStream",
    "Ingest",
    "ListConnectors",
    "ListSources",
];

/// How often a call is made anew that no collector has seen.
const UNSENT: u32 = 3;

/// What may still be tried for one call.
pub(super) struct Tries {
    unsent: u32,
    repeats: u32,
    shed: u32,
}

/// Why a call is to be made once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// No collector has seen it.
    Unsent,
    /// The connection was lost after the call was sent.
    Lost,
    /// A replica says that it is unavailable, and there is another.
    Unavailable,
    /// A replica has as much to do as it may, did not look at the call, and there is another.
    Shed,
}

// === impl Why ===

impl Why {
    pub fn of(seen: Seen) -> Self {
        match seen {
            Seen::Never => Self::Unsent,
            Seen::Perhaps => Self::Lost,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsent => "not_sent",
            Self::Lost => "connection_lost",
            Self::Unavailable => "unavailable",
            Self::Shed => "overloaded",
        }
    }
}

// === impl Tries ===

impl Tries {
    pub fn of(path: &str) -> Self {
        let verb = path.strip_prefix(SERVICE).unwrap_or_default();
        Self {
            unsent: UNSENT,
            repeats: u32::from(REPEATABLE.contains(&verb)),
            shed: 1,
        }
    }

    /// Whether the call may be made once more; if so, that is used up.
    pub fn allow(&mut self, why: Why) -> bool {
        let left = match why {
            Why::Unsent => &mut self.unsent,
            Why::Lost | Why::Unavailable => &mut self.repeats,
            Why::Shed => &mut self.shed,
        };
        let is_allowed = *left > 0;
        *left = left.saturating_sub(1);
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(verb: &str) -> Tries {
        Tries::of(&format!("{SERVICE}{verb}"))
    }

    #[test]
    fn what_a_collector_may_have_done_is_asked_once_more_where_that_does_no_harm() {
        for verb in REPEATABLE {
            let mut tries = tries(verb);
            assert!(tries.allow(Why::Lost), "{verb}");
            assert!(!tries.allow(Why::Lost) && !tries.allow(Why::Unavailable));
        }
    }

    #[test]
    fn a_check_and_what_is_not_known_are_asked_once() {
        for verb in ["CheckSource", "NotifyEverybody", ""] {
            assert!(!tries(verb).allow(Why::Lost), "{verb}");
            assert!(!tries(verb).allow(Why::Unavailable), "{verb}");
        }
    }

    #[test]
    fn what_was_turned_away_unseen_is_asked_once_elsewhere_whatever_it_is() {
        for verb in ["Collect", "CheckSource"] {
            let mut tries = tries(verb);
            assert!(tries.allow(Why::Shed) && !tries.allow(Why::Shed), "{verb}");
        }
    }

    #[test]
    fn what_no_collector_has_seen_is_sent_elsewhere_but_not_for_ever() {
        let mut tries = tries("CheckSource");
        let sent = std::iter::repeat_with(|| tries.allow(Why::Unsent));
        assert_eq!(sent.take_while(|it| *it).count(), 3);
    }
}
