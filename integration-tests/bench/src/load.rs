//! A closed loop: each caller sends its next call when the last one was answered.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::try_join_all;

/// How much is sent, and how often that is repeated.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Calls of one run.
    pub calls: usize,
    /// Runs, of which the median counts.
    pub runs: usize,
    /// Callers at once.
    pub callers: usize,
}

/// What a load came to: each figure is the median of its runs.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Calls answered in a second.
    pub per_second: f64,
    /// Half of the calls took at most so many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 calls took at most so many milliseconds.
    pub p99_ms: f64,
}

// === impl Load ===

impl Load {
    /// Calls of all runs.
    pub fn total(&self) -> usize {
        self.calls * self.runs
    }

    /// Runs `call` with the number of its caller and its own, which never repeats.
    ///
    /// # Errors
    /// The first call that fails: a figure with failures in it would say nothing.
    pub async fn run(&self, call: impl AsyncFn(usize, usize) -> Result<()>) -> Result<Figures> {
        let mut runs = Vec::new();
        for run in 0..self.runs {
            runs.push(self.once(run * self.calls, &call).await?);
        }
        let of = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure));
        Ok(Figures {
            per_second: of(|it| it.per_second)?,
            p50_ms: of(|it| it.p50_ms)?,
            p99_ms: of(|it| it.p99_ms)?,
        })
    }

    async fn once(
        &self,
        first: usize,
        call: &impl AsyncFn(usize, usize) -> Result<()>,
    ) -> Result<Figures> {
        let began = Instant::now();
        let callers = (0..self.callers).map(async |caller| {
            let mut took = Vec::new();
            for number in (first + caller..first + self.calls).step_by(self.callers) {
                let began = Instant::now();
                call(caller, number).await?;
                took.push(began.elapsed());
            }
            anyhow::Ok(took)
        });
        let took = try_join_all(callers).await?.concat();
        Figures::of(took, began.elapsed())
    }
}

// === impl Figures ===

impl Figures {
    /// Of calls that took so long each, and the time in which they were made.
    ///
    /// # Errors
    /// There are none.
    pub fn of(mut took: Vec<Duration>, whole: Duration) -> Result<Self> {
        took.sort_unstable();
        Ok(Self {
            per_second: took.len() as f64 / whole.as_secs_f64(),
            p50_ms: percentile(&took, 50)?,
            p99_ms: percentile(&took, 99)?,
        })
    }
}

/// In milliseconds, by the nearest rank.
fn percentile(sorted: &[Duration], percent: usize) -> Result<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    let found = sorted.get(rank.saturating_sub(1)).context("no calls")?;
    Ok(found.as_secs_f64() * 1_000.0)
}

/// The middle one of some figures.
///
/// # Errors
/// There are none.
pub fn median(figures: impl Iterator<Item = f64>) -> Result<f64> {
    let mut sorted: Vec<_> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().context("no runs")
}
