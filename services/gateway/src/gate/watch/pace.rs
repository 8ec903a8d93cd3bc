//! When a watch looks again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// A watch never looks sooner than this after it last did, whatever happens.
pub(super) const LEAST: Duration = Duration::from_secs(2);

/// A watch looks at least this often.
pub(super) const MOST: Duration = Duration::from_secs(30);

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Again {
    /// Not before this, whatever happens.
    pub soonest: Instant,
    /// Then, if nothing happens.
    pub due: Instant,
}

/// After a look that `begun` then: a tenth of the shortest max age of the scope's sources later, or a
/// sixtieth while something is waited for, between 2 and 30 seconds; sooner where one of these ends.
pub(super) fn again(
    begun: Instant,
    shortest: Duration,
    waits: bool,
    decided_at: DateTime<Utc>,
    ends: impl Iterator<Item = DateTime<Utc>>,
) -> Again {
    let pace = shortest / if waits { 60 } else { 10 };
    let left = ends.filter_map(|end| (end - decided_at).to_std().ok());
    // What ends at a moment is over a moment later.
    let left = left.map(|it| it + Duration::from_millis(1));
    let soon = left.min().unwrap_or(MOST).min(pace);
    Again {
        soonest: begun + LEAST,
        due: begun + soon.clamp(LEAST, MOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(shortest: u64, waits: bool, ends: &[i64]) -> u64 {
        let (begun, now) = (Instant::now(), DateTime::UNIX_EPOCH);
        let ends = ends.iter().map(|it| now + chrono::TimeDelta::seconds(*it));
        let again = again(begun, Duration::from_secs(shortest), waits, now, ends);
        assert!(again.soonest <= again.due);
        (again.due - begun).as_secs()
    }

    #[test]
    fn a_watch_keeps_the_pace_of_its_sources_within_bounds() {
        assert_eq!(seconds(100, false, &[]), 10);
        assert_eq!(seconds(300, true, &[]), 5);
        assert_eq!(seconds(5, true, &[]), 2);
        assert_eq!(seconds(86_400, false, &[]), 30);
    }

    #[test]
    fn the_first_end_comes_before_the_pace_and_one_that_is_past_does_not_count() {
        assert_eq!(seconds(300, false, &[7, 20]), 7);
        assert_eq!(seconds(300, false, &[1]), 2);
        assert_eq!(seconds(300, false, &[-9]), 30);
    }
}
