//! Quantiles from buckets.

use bigdecimal::BigDecimal;
use passport_connector_sdk::query::Sample;
use passport_evidence::{Reason, quantity};

use super::amounts::Amounts;

/// Significant digits of a quotient: more than any measurement has.
pub const DIGITS: u64 = 34;

/// The quantile of a distribution: linear inside its bucket, of which the first begins at zero. In
/// the last bucket, which has no end, only the last bound is known. `None`: nothing was measured.
pub fn quantile(distribution: &Amounts, quantile: &BigDecimal) -> Result<Option<Sample>, Reason> {
    let total = distribution.total();
    if total <= 0 {
        return Ok(None);
    }
    let rank = quantile * &total;
    let mut below = BigDecimal::from(0);
    let mut low = None;
    let mut bounds = distribution.bounds.iter();
    for count in &distribution.counts {
        let high = bounds.next().copied();
        let up_to = &below + count;
        if *count > 0 && up_to >= rank {
            return within(low, high, (rank - below) / count).map(Some);
        }
        (below, low) = (up_to, high);
    }
    Err(Reason::UnexpectedShape)
}

/// The point of a bucket that a share of its measurements lies below.
fn within(low: Option<f64>, high: Option<f64>, share: BigDecimal) -> Result<Sample, Reason> {
    let exact = |bound| quantity::from_f64(bound).map_err(|_| Reason::NotANumber);
    match (low, high) {
        (None, None) => Err(Reason::UnexpectedShape),
        (Some(low), None) => Ok(Sample::AtLeast(exact(low)?)),
        // Below zero nothing says where the first bucket begins; its end is the safe side.
        (None, Some(high)) if high <= 0.0 => Ok(Sample::Number(exact(high)?)),
        (low, Some(high)) => {
            let (low, high) = (exact(low.unwrap_or(0.0))?, exact(high)?);
            let inside = (high - &low) * share;
            Ok(Sample::Number((low + inside).with_prec(DIGITS)))
        }
    }
}
