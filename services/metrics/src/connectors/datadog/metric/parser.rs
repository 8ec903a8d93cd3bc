//! Reads a metric query, after the pages "Metric query syntax" and "Functions" of Datadog.

use std::collections::BTreeSet;

use super::{MetricError, filter};
use crate::connectors::datadog::scope::Tags;

/// Deepest nesting.
const MAX_DEPTH: u8 = 16;
/// Longest query.
const MAX_LENGTH: usize = 4_000;

/// How the series of one metric become one.
const AGGREGATORS: [&str; 5] = ["avg", "sum", "min", "max", "count"];

/// Functions that only compute with what is there, now. Those that fill gaps, smooth, cut, shift or guess
/// are not among them.
const FUNCTIONS: [&str; 11] = [
    "abs",
    "log2",
    "log10",
    "per_second",
    "per_minute",
    "per_hour",
    "dt",
    "diff",
    "derivative",
    "monotonic_diff",
    "count_not_null",
];

/// What may follow a metric.
const MODIFIERS: [&str; 3] = ["as_count", "as_rate", "weighted"];
const ROLLUP: &str = "rollup";

/// What the leaves of the arithmetic are.
enum Leaves<'a> {
    Metrics(&'a Tags),
    Names(&'a BTreeSet<&'a str>),
}

/// What is left of a query, and how many leaves there were.
pub struct Parser<'a> {
    rest: &'a str,
    leaves: Leaves<'a>,
    found: usize,
    depth: u8,
}

impl<'a> Parser<'a> {
    /// Of a query over metrics.
    pub fn of_query(text: &'a str, tags: &'a Tags) -> Self {
        Self::new(text, Leaves::Metrics(tags))
    }

    /// Of a formula over names.
    pub fn of_formula(text: &'a str, names: &'a BTreeSet<&'a str>) -> Self {
        Self::new(text, Leaves::Names(names))
    }

    fn new(rest: &'a str, leaves: Leaves<'a>) -> Self {
        Self {
            rest,
            leaves,
            found: 0,
            depth: 0,
        }
    }

    /// Reads it to its end.
    pub fn whole(mut self) -> Result<(), MetricError> {
        if self.rest.len() > MAX_LENGTH {
            return Err(MetricError::Syntax);
        }
        self.sum()?;
        match (self.rest.is_empty(), self.found) {
            (false, _) => Err(MetricError::Syntax),
            (true, 0) => Err(MetricError::Nothing),
            (true, _) => Ok(()),
        }
    }

    /// Parts with operators between them. Which binds more does not matter here.
    fn sum(&mut self) -> Result<(), MetricError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MetricError::Syntax);
        }
        self.part()?;
        while ["+", "-", "*", "/"].iter().any(|it| self.takes(it)) {
            self.part()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn part(&mut self) -> Result<(), MetricError> {
        self.takes("-");
        self.unsigned()
    }

    fn unsigned(&mut self) -> Result<(), MetricError> {
        self.blanks();
        if self.takes("(") {
            self.sum()?;
            return self.wants(")");
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let number = self.run(|c| c.is_ascii_digit() || c == '.');
            return number
                .parse::<f64>()
                .map(drop)
                .map_err(|_| MetricError::Syntax);
        }
        let word = self.run(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        match word {
            "" => Err(MetricError::Syntax),
            function if self.rest.starts_with('(') => self.call(function),
            word => self.leaf(word),
        }
    }

    fn call(&mut self, function: &str) -> Result<(), MetricError> {
        if !FUNCTIONS.contains(&function) {
            return Err(MetricError::Function);
        }
        self.wants("(")?;
        self.sum()?;
        self.wants(")")
    }

    fn leaf(&mut self, word: &str) -> Result<(), MetricError> {
        self.found += 1;
        match self.leaves {
            Leaves::Names(names) if names.contains(word) => {
                self.blanks();
                Ok(())
            }
            Leaves::Names(_) => Err(MetricError::NoSuchQuery),
            Leaves::Metrics(tags) => self.metric(word, tags),
        }
    }

    fn metric(&mut self, aggregator: &str, tags: &Tags) -> Result<(), MetricError> {
        if !is_aggregator(aggregator) || !self.takes_now(":") {
            return Err(MetricError::Syntax);
        }
        let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(MetricError::Syntax);
        }
        if !self.takes_now("{") {
            return Err(MetricError::Unscoped);
        }
        self.rest = filter::scoped(self.rest, tags)?;
        self.grouping()?;
        while self.takes_now(".") {
            self.modifier()?;
        }
        self.blanks();
        Ok(())
    }

    fn grouping(&mut self) -> Result<(), MetricError> {
        let rest = self.rest.trim_start();
        let Some(rest) = rest.strip_prefix("by").map(str::trim_start) else {
            return Ok(());
        };
        let rest = rest.strip_prefix('{').ok_or(MetricError::Syntax)?;
        let (keys, rest) = rest.split_once('}').ok_or(MetricError::Syntax)?;
        if !keys.split(',').all(|key| filter::is_key(key.trim())) {
            return Err(MetricError::Syntax);
        }
        self.rest = rest;
        Ok(())
    }

    fn modifier(&mut self) -> Result<(), MetricError> {
        let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_');
        self.wants("(")?;
        match name {
            ROLLUP => self.rollup(),
            name if MODIFIERS.contains(&name) => self.wants_now(")"),
            _ => Err(MetricError::Function),
        }
    }

    /// A method, and perhaps the seconds of a bucket.
    fn rollup(&mut self) -> Result<(), MetricError> {
        let method = self.run(|c| c.is_ascii_lowercase());
        if !AGGREGATORS.contains(&method) {
            return Err(MetricError::Function);
        }
        if self.takes(",") {
            self.blanks();
            let seconds = self.run(|c| c.is_ascii_digit());
            seconds.parse::<u32>().map_err(|_| MetricError::Syntax)?;
        }
        self.wants_now(")")
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// Characters that fit.
    fn run(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        run
    }

    /// Whether a sign comes next, blanks before it or not; then it is taken.
    fn takes(&mut self, sign: &str) -> bool {
        self.blanks();
        self.takes_now(sign)
    }

    fn takes_now(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn wants(&mut self, sign: &str) -> Result<(), MetricError> {
        self.blanks();
        self.wants_now(sign)?;
        self.blanks();
        Ok(())
    }

    fn wants_now(&mut self, sign: &str) -> Result<(), MetricError> {
        match self.takes_now(sign) {
            true => Ok(()),
            false => Err(MetricError::Syntax),
        }
    }
}

/// Also percentiles, such as `p95` and `p99.9`.
fn is_aggregator(word: &str) -> bool {
    let plain = |it: &&str| it.chars().all(|c| c.is_ascii_digit() || c == '.');
    let percentile = word.strip_prefix('p').filter(plain);
    let percentile = percentile.and_then(|it| it.parse::<f64>().ok());
    AGGREGATORS.contains(&word) || percentile.is_some_and(|it| it < 100.0)
}
