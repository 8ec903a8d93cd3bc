//! Leaves a provider in trouble alone for a while.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ReadError, error::Trouble};

/// Failures in a row that open the breaker.
const PATIENCE: u32 = 5;
/// First time that it stays open; doubled while trials fail.
const FIRST_REST: TimeDelta = TimeDelta::seconds(5);
/// Longest time that it stays open, so that a provider that came back is soon asked again.
const LONGEST_REST: TimeDelta = TimeDelta::seconds(30);

/// Counts failures in a row. Open, it lets nothing through until its rest is over, then one trial.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    open: Option<Open>,
    rest: Option<TimeDelta>,
}

/// Nothing goes out until a time, because of the last failure.
#[derive(Debug, Clone, Copy)]
struct Open {
    until: DateTime<Utc>,
    after: Trouble,
}

impl Breaker {
    /// Whether a request may go out; otherwise [`ReadError::LeftAlone`].
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> Result<(), ReadError> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        if now < open.until {
            return Err(ReadError::LeftAlone {
                after: open.after,
                retry_at: open.until,
            });
        }
        // One trial: until it is decided, the others wait for another rest.
        open.until = now + self.rest.unwrap_or(FIRST_REST);
        Ok(())
    }

    /// Whether the provider is left alone, or only tried.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The provider answered, whatever it said.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The provider did not answer.
    pub(super) fn failed(&mut self, trouble: Trouble, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= PATIENCE {
            let rest = self
                .rest
                .map_or(FIRST_REST, |rest| (rest + rest).min(LONGEST_REST));
            self.rest = Some(rest);
            self.open = Some(Open {
                until: now + rest,
                after: trouble,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_777_800_600 + seconds, 0).unwrap()
    }

    fn left_alone(until: i64) -> Result<(), ReadError> {
        Err(ReadError::LeftAlone {
            after: Trouble::Unreachable,
            retry_at: at(until),
        })
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        (0..PATIENCE).for_each(|_| breaker.failed(Trouble::Unreachable, at(0)));
        breaker
    }

    #[test]
    fn a_few_failures_do_not_open_it() {
        let mut breaker = Breaker::default();
        (1..PATIENCE).for_each(|_| breaker.failed(Trouble::Unreachable, at(0)));
        assert_eq!(breaker.admit(at(0)), Ok(()));
    }

    #[test]
    fn open_it_lets_nothing_through_and_says_until_when() {
        assert_eq!(opened().admit(at(4)), left_alone(5));
    }

    #[test]
    fn after_its_rest_one_trial_goes_through_and_decides() {
        let mut breaker = opened();
        assert_eq!(breaker.admit(at(5)), Ok(()));
        assert!(breaker.admit(at(5)).is_err());
        breaker.succeeded();
        assert_eq!(breaker.admit(at(5)), Ok(()));
    }

    #[test]
    fn failing_trials_make_it_rest_longer_up_to_a_bound() {
        let mut breaker = opened();
        (0..20).for_each(|_| breaker.failed(Trouble::Unreachable, at(0)));
        assert_eq!(breaker.admit(at(29)), left_alone(30));
        assert_eq!(breaker.admit(at(30)), Ok(()));
    }
}
