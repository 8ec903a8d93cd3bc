//! Exponential histograms, after the page "Metrics Data Model" of OpenTelemetry: bucket `i` of a scale
//! holds what is above `base^i` and at most `base^(i+1)`, where `base` is 2 to the power of 2^-scale.

use std::collections::BTreeSet;

use bigdecimal::BigDecimal;

use super::{
    amounts::{Amounts, Point},
    record::{Exponential, Run},
};

/// Gives all exponential points of a series buckets with the same bounds, so that they can be compared
/// and added: those of the coarsest scale, with the widest zero bucket. A sender may coarsen its scale
/// from one point to the next; nobody can refine it.
pub fn level(points: &mut [Point]) {
    let sent = points.iter().filter_map(|it| it.exponential.as_ref());
    let Some(grid) = Grid::of(sent) else {
        return;
    };
    for point in points {
        if let Some(sent) = point.exponential.take() {
            point.amounts = Some(grid.amounts(&sent));
        }
    }
}

/// Bounds that are common to several points.
struct Grid {
    scale: i32,
    /// What is no further from zero than this is in the zero bucket.
    zero: f64,
    negative: BTreeSet<i32>,
    positive: BTreeSet<i32>,
    /// Upper bounds of all buckets but the last, which is empty.
    bounds: Vec<f64>,
}

// === impl Grid ===

impl Grid {
    fn of<'a>(sent: impl Iterator<Item = &'a Exponential> + Clone) -> Option<Self> {
        let scale = sent.clone().map(|it| it.scale).min()?;
        let zeros = sent.clone().map(|it| it.zero_threshold);
        let mut grid = Self {
            scale,
            zero: zeros.fold(0.0, f64::max),
            negative: BTreeSet::new(),
            positive: BTreeSet::new(),
            bounds: Vec::new(),
        };
        for one in sent {
            grid.negative.extend(one.negative(scale).map(|(at, _)| at));
            grid.positive.extend(one.positive(scale).map(|(at, _)| at));
        }
        grid.widen_zero();
        let (scale, zero) = (grid.scale, grid.zero);
        let is_outside = |at: &i32| bound(scale, *at) >= zero;
        grid.negative.retain(is_outside);
        grid.positive.retain(is_outside);
        grid.bounds = grid.rising();
        Some(grid)
    }

    /// A bucket that lies half in the zero bucket belongs to it as a whole.
    fn widen_zero(&mut self) {
        let (scale, zero) = (self.scale, self.zero);
        let straddles = |at: &&i32| bound(scale, **at) < zero && zero < upper(scale, **at);
        let all = self.negative.iter().chain(&self.positive);
        let straddling = all.filter(straddles).map(|at| upper(scale, *at));
        self.zero = straddling.fold(zero, f64::max);
    }

    fn rising(&self) -> Vec<f64> {
        let of = |at: &i32| [bound(self.scale, *at), upper(self.scale, *at)];
        let mut below: Vec<_> = self.negative.iter().flat_map(of).collect();
        if !below.is_empty() {
            below.insert(0, self.zero);
        }
        below.dedup();
        let mut above = vec![self.zero];
        above.extend(self.positive.iter().flat_map(of));
        above.dedup();
        // The zero bucket has both its ends, also where it has no width.
        let below = below.into_iter().rev().map(|bound| -bound);
        below.chain(above).collect()
    }

    fn amounts(&self, sent: &Exponential) -> Amounts {
        let mut counts = vec![0_u64; self.bounds.len() + 1];
        let mut add = |slot: usize, count: u64| {
            if let Some(slot) = counts.get_mut(slot) {
                *slot = slot.saturating_add(count);
            }
        };
        let zero = self.slot_of_zero();
        add(zero, sent.zero_count);
        for (at, count) in sent.negative(self.scale) {
            let slot = self.negative.contains(&at).then(|| {
                let end = -bound(self.scale, at);
                let below = self.bounds.iter().take(zero);
                below.take_while(|it| **it < end).count()
            });
            add(slot.unwrap_or(zero), count);
        }
        for (at, count) in sent.positive(self.scale) {
            let slot = self.positive.contains(&at).then(|| {
                let end = upper(self.scale, at);
                let above = self.bounds.iter().skip(zero + 1);
                zero + 1 + above.take_while(|it| **it < end).count()
            });
            add(slot.unwrap_or(zero), count);
        }
        Amounts {
            bounds: self.bounds.clone(),
            counts: counts.into_iter().map(BigDecimal::from).collect(),
        }
    }

    /// Where the bucket stands whose upper bound is that of the zero bucket: behind all negative ones.
    fn slot_of_zero(&self) -> usize {
        let negative = self.bounds.iter().take_while(|it| it.is_sign_negative());
        negative.count()
    }
}

// === impl Exponential ===

impl Exponential {
    fn negative(&self, scale: i32) -> impl Iterator<Item = (i32, u64)> {
        self.used(self.negative.as_ref(), scale)
    }

    fn positive(&self, scale: i32) -> impl Iterator<Item = (i32, u64)> {
        self.used(self.positive.as_ref(), scale)
    }

    /// Buckets that hold anything, by their index in a scale that is as coarse or coarser.
    fn used(&self, run: Option<&Run>, scale: i32) -> impl Iterator<Item = (i32, u64)> {
        let coarser = (self.scale - scale).unsigned_abs().min(31);
        let offset = run.map_or(0, |it| it.offset);
        let counts = run.map_or(&[][..], |it| &it.counts);
        let all = (offset..).zip(counts.iter().copied());
        all.filter(|(_, count)| *count > 0)
            .map(move |(at, count)| (at >> coarser, count))
    }
}

/// Lower bound of a bucket.
fn bound(scale: i32, at: i32) -> f64 {
    (f64::from(at) * f64::from(-scale).exp2()).exp2()
}

fn upper(scale: i32, at: i32) -> f64 {
    ((f64::from(at) + 1.0) * f64::from(-scale).exp2()).exp2()
}
