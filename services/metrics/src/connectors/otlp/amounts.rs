//! What one point of a series says, and by how much one is more than another.

use bigdecimal::BigDecimal;
use passport_evidence::{Reason, quantity};

use super::record::{Exponential, KeptPoint, KeptQuantile};

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    pub start: u64,
    /// When it was true, likewise.
    pub time: u64,
    /// `None`: a gap, or not usable.
    pub amounts: Option<Amounts>,
    /// Whether something was sent that could not be used.
    pub unusable: bool,
    /// What `amounts` are made of once all points of the series are known.
    pub exponential: Option<Exponential>,
    /// Quantiles that the sender computed, beside how many were measured in `amounts`.
    pub quantiles: Vec<KeptQuantile>,
}

/// A number, or how many there were in each bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Amounts {
    /// Upper bounds of the buckets but the last; none for a number.
    pub bounds: Vec<f64>,
    /// The number, or the counts.
    pub counts: Vec<BigDecimal>,
}

/// How much a series grew in a window.
#[derive(Debug, Clone, PartialEq)]
pub enum Growth {
    /// It has no point there.
    Absent,
    /// It has points, but not those that tell how much.
    Untold,
    /// By so much, as of a time in nanoseconds.
    By(Amounts, u64),
}

// === impl Point ===

impl From<KeptPoint> for Point {
    fn from(kept: KeptPoint) -> Self {
        let buckets = kept.buckets.map(|buckets| Amounts {
            bounds: buckets.bounds,
            counts: buckets.counts.into_iter().map(BigDecimal::from).collect(),
        });
        let int = kept.int.map(BigDecimal::from);
        let double = kept.double.and_then(|it| quantity::from_f64(it).ok());
        Self {
            start: kept.start,
            time: kept.time,
            amounts: buckets.or(int.or(double).map(Amounts::number)),
            unusable: kept.unusable,
            exponential: kept.exponential,
            quantiles: kept.quantiles,
        }
    }
}

// === impl Amounts ===

impl Amounts {
    /// A number.
    pub fn number(number: BigDecimal) -> Self {
        Self {
            bounds: Vec::new(),
            counts: vec![number],
        }
    }

    /// The number, or how many there were in all.
    pub fn total(&self) -> BigDecimal {
        self.counts.iter().sum()
    }

    pub(super) fn plus(&self, more: &Self) -> Result<Self, Reason> {
        if self.bounds != more.bounds {
            return Err(Reason::UnexpectedShape);
        }
        let counts = self.counts.iter().zip(&more.counts).map(|(a, b)| a + b);
        Ok(Self {
            bounds: self.bounds.clone(),
            counts: counts.collect(),
        })
    }
}

// === impl Growth ===

impl Growth {
    /// With more growth, up to a later time.
    pub(super) fn plus(self, more: &Amounts, time: u64) -> Result<Self, Reason> {
        match self {
            Self::Absent | Self::Untold => Ok(Self::By(more.clone(), time)),
            Self::By(amounts, until) => Ok(Self::By(amounts.plus(more)?, until.max(time))),
        }
    }
}

/// Growth from a point to the next.
pub(super) fn step(
    (before, old): &(&Point, &Amounts),
    (after, new): &(&Point, &Amounts),
) -> Result<Amounts, Reason> {
    if old.bounds != new.bounds {
        return Err(Reason::UnexpectedShape);
    }
    let fell = old
        .counts
        .iter()
        .zip(&new.counts)
        .any(|(old, new)| new < old);
    let restarted = match (before.start, after.start) {
        (0, 0) => fell,
        (0, _) | (_, 0) => return Err(Reason::UnexpectedShape),
        // Two senders that nothing tells apart.
        (before, after) if after < before => return Err(Reason::Ambiguous),
        (before, after) if after > before => true,
        _ if fell => return Err(Reason::OutOfDomain),
        _ => false,
    };
    if restarted {
        return Ok((*new).clone());
    }
    let counts = old
        .counts
        .iter()
        .zip(&new.counts)
        .map(|(old, new)| new - old);
    Ok(Amounts {
        bounds: new.bounds.clone(),
        counts: counts.collect(),
    })
}
