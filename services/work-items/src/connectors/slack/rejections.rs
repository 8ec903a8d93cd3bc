//! Deliveries that were turned away because of their signature or time, counted.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// Most that are remembered; further ones push the oldest out.
const MOST: usize = 999;

/// When deliveries were turned away. It is of this process alone: what nobody vouches for is not kept.
#[derive(Debug, Default)]
pub struct Rejections(Mutex<VecDeque<DateTime<Utc>>>);

// === impl Rejections ===

impl Rejections {
    /// One more.
    pub fn add(&self, at: DateTime<Utc>) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if times.len() >= MOST {
            times.pop_front();
        }
        times.push_back(at);
    }

    /// How many there were within this time.
    pub fn within(&self, span: TimeDelta, now: DateTime<Utc>) -> usize {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.iter().filter(|at| now - **at <= span).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_bounded_and_forgotten_with_time() {
        let rejections = Rejections::default();
        let at = |seconds: i64| DateTime::from_timestamp(1_777_800_600 + seconds, 0).unwrap();
        for second in 0..5_000 {
            rejections.add(at(second));
        }
        let hour = TimeDelta::hours(1);
        assert_eq!(rejections.within(hour, at(5_000)), MOST);
        assert_eq!(rejections.within(TimeDelta::seconds(10), at(5_000)), 10);
        assert_eq!(rejections.within(hour, at(20_000)), 0);
    }
}
