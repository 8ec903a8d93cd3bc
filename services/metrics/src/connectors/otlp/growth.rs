//! How much the series of a metric grew, and growth as a share of growth.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    query::Sample,
    settings::{QueryUnit, Reduce},
};
use passport_evidence::Reason;

use super::{
    amounts::{Amounts, Growth},
    metric::Metric,
    normalize::{Measured, Moment},
    quantile::DIGITS,
    query::Query,
    record::Kind,
    series::Window,
    unit,
};

/// Growth of a metric in a window.
#[derive(Debug)]
pub struct Growths<'a> {
    /// Unit of the metric in UCUM.
    pub unit: &'a str,
    kind: Kind,
    /// Amounts, and time of the newest point behind them.
    by_series: BTreeMap<&'a [u8], (Amounts, u64)>,
    /// Series that have points and do not tell how much they grew.
    untold: usize,
    /// Whether more was sent than could be kept or used.
    cut: bool,
    /// Time of the newest point that was kept, in the window or not.
    newest: Option<u64>,
}

// === impl Growths ===

impl<'a> Growths<'a> {
    /// Growth of a metric, whose points must be of a wanted kind.
    pub fn of(
        metric: &'a Metric,
        wanted: fn(Kind) -> bool,
        window: Window,
    ) -> Result<Self, Reason> {
        let (kind, unit) = metric.form()?;
        if !wanted(kind) {
            return Err(Reason::UnexpectedShape);
        }
        let mut growths = Self {
            unit,
            kind,
            by_series: BTreeMap::new(),
            untold: 0,
            cut: metric.is_cut_after(window.start)
                || metric.series.values().any(|series| series.lacks(window)),
            newest: metric.newest(),
        };
        for (id, series) in &metric.series {
            match series.growth(kind, window)? {
                Growth::Absent => {}
                Growth::Untold => growths.untold += 1,
                Growth::By(amounts, time) => {
                    growths.by_series.insert(id, (amounts, time));
                }
            }
        }
        Ok(growths)
    }

    fn is_empty(&self) -> bool {
        self.by_series.is_empty() && self.untold == 0
    }

    /// Fails where the window holds no point. If the newest is old, its sender went silent.
    pub fn there(self, moment: &Moment) -> Result<Self, Reason> {
        match self.newest {
            _ if !self.is_empty() => Ok(self),
            _ if self.cut => Err(Reason::Incomplete),
            Some(newest) if moment.is_old(newest) => Err(Reason::Stale),
            Some(_) | None => Err(Reason::NoData),
        }
    }

    /// A number of each series, by its identity and growth. A series without one had nothing to measure.
    pub fn measured(
        &self,
        query: &Query,
        number: impl Fn(&[u8], &Amounts) -> Result<Option<Sample>, Reason>,
    ) -> Result<Measured, Reason> {
        if query.asked.reduce == Reduce::Single {
            self.only_one()?;
        }
        let mut measured = Measured {
            volume: Some(self.volume()),
            lacking: self.lacking(),
            ..Measured::default()
        };
        for (id, (amounts, time)) in &self.by_series {
            measured.add(number(id, amounts)?, *time);
        }
        measured.or_idle()
    }

    fn volume(&self) -> BigDecimal {
        let totals = self.by_series.values().map(|(amounts, _)| amounts.total());
        totals.sum()
    }

    /// Fails where there are several series, or a part of several.
    fn only_one(&self) -> Result<(), Reason> {
        match self.by_series.len() + self.untold {
            0 | 1 if self.cut => Err(Reason::Incomplete),
            0 | 1 => Ok(()),
            _ => Err(Reason::Ambiguous),
        }
    }

    fn lacking(&self) -> Option<Reason> {
        let untold = (self.untold > 0).then_some(Reason::InsufficientSample);
        self.cut.then_some(Reason::Incomplete).or(untold)
    }
}

/// Growth of the numerator; `None`: it counted nothing, and that means zero. A cumulative counter
/// that stopped is not one that counts nothing.
pub fn part<'a>(
    query: &Query,
    metric: Result<&'a Metric, Reason>,
    window: Window,
    moment: &Moment,
) -> Result<Option<Growths<'a>>, Reason> {
    let metric = match metric {
        Ok(metric) => metric,
        Err(_) if query.absent_is_zero => return Ok(None),
        Err(reason) => return Err(reason),
    };
    let growths = Growths::of(metric, Kind::is_counter, window)?;
    if query.absent_is_zero && growths.kind == Kind::DeltaSum && growths.is_empty() && !growths.cut
    {
        return Ok(None);
    }
    growths.there(moment).map(Some)
}

/// Shares of one counter's growth in another's. One series of each is a pair; of several, those of
/// the same resource, scope and attributes are.
pub fn ratio(
    query: &Query,
    part: Option<Growths<'_>>,
    whole: &Growths<'_>,
) -> Result<Measured, Reason> {
    // A delta counter sends nothing while it counts nothing.
    let sparse = part.as_ref().is_none_or(|part| part.kind == Kind::DeltaSum);
    let zero_for_absent = query.absent_is_zero && sparse;
    let part = part.unwrap_or(Growths {
        by_series: BTreeMap::new(),
        untold: 0,
        cut: false,
        ..*whole
    });
    if !unit::divide(part.unit, whole.unit) {
        return Err(Reason::UnexpectedShape);
    }
    let single = query.asked.reduce == Reduce::Single;
    if single {
        part.only_one()?;
        whole.only_one()?;
    }
    let unpaired = |id: &&[u8]| !single && !whole.by_series.contains_key(*id);
    let mut measured = Measured {
        volume: Some(whole.volume()),
        lacking: part.lacking().or(whole.lacking()),
        ..Measured::default()
    };
    if part.by_series.keys().any(unpaired) {
        measured.lack(Reason::Incomplete);
    }
    for (id, (whole, whole_time)) in &whole.by_series {
        let found = match single {
            true => part.by_series.values().next(),
            false => part.by_series.get(id),
        };
        match found {
            Some((part, time)) if zero_for_absent => {
                measured.add_share(query, &part.total(), &whole.total(), *time.max(whole_time));
            }
            Some((part, time)) => {
                measured.add_share(query, &part.total(), &whole.total(), *time.min(whole_time));
            }
            None if zero_for_absent => {
                measured.add_share(query, &0.into(), &whole.total(), *whole_time);
            }
            None => measured.lack(Reason::Incomplete),
        }
    }
    measured.or_idle()
}

// === impl Measured ===

impl Measured {
    fn add(&mut self, sample: Option<Sample>, time: u64) {
        if let Some(sample) = sample {
            self.samples.push(sample);
            self.time = self.time.max(Some(time));
        }
    }

    /// Nothing of nothing is no share; something of nothing can't be.
    fn add_share(&mut self, query: &Query, part: &BigDecimal, whole: &BigDecimal, time: u64) {
        let factor = if query.unit == QueryUnit::Percent {
            100
        } else {
            1
        };
        if *whole > 0 {
            let share = (part * BigDecimal::from(factor) / whole).with_prec(DIGITS);
            self.add(Some(Sample::Number(share)), time);
        } else if *part > 0 {
            self.lack(Reason::Incomplete);
        }
    }

    /// A missing point explains more than a missing series.
    fn lack(&mut self, reason: Reason) {
        self.lacking.get_or_insert(reason);
    }

    /// Where no series had anything to measure, there was too little traffic.
    fn or_idle(self) -> Result<Self, Reason> {
        match self.samples.is_empty() && self.lacking.is_none() {
            true => Err(Reason::InsufficientSample),
            false => Ok(self),
        }
    }
}
