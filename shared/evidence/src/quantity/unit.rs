//! Units and the dimensions that they measure.

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// A share of a whole.
    Ratio,
    /// A length of time.
    Duration,
    /// An amount of data.
    Data,
    /// A number of things.
    Count,
    /// Things in a time.
    Rate,
    /// A provider's own scale.
    Score,
}

impl Dimension {
    /// What a person calls a figure of it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ratio => "a share, such as 1%",
            Self::Duration => "a duration, such as 500ms",
            Self::Data => "an amount of data, such as 3MiB",
            Self::Count => "a count, such as 3",
            Self::Rate => "a rate, such as 3/s",
            Self::Score => "a score, such as 80",
        }
    }
}

/// Unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A share; 1 is all.
    Ratio,
    /// A share in hundredths.
    Percent,
    /// Nanoseconds.
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of 24 hours.
    Days,
    /// Bytes.
    Bytes,
    /// 1000 bytes.
    Kilobytes,
    /// 1000 kB.
    Megabytes,
    /// 1000 MB.
    Gigabytes,
    /// 1024 bytes.
    Kibibytes,
    /// 1024 KiB.
    Mebibytes,
    /// 1024 MiB.
    Gibibytes,
    /// Things counted.
    Count,
    /// Things in a second.
    PerSecond,
    /// Things in a minute.
    PerMinute,
    /// A provider's own scale.
    Score,
}

/// Dimension, symbol, and the factor to the dimension's base unit as a fraction.
type Row = (Dimension, &'static str, u64, u64);

impl Unit {
    /// All units.
    pub const ALL: [Self; 20] = [
        Self::Ratio,
        Self::Percent,
        Self::Nanoseconds,
        Self::Microseconds,
        Self::Milliseconds,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
        Self::Bytes,
        Self::Kilobytes,
        Self::Megabytes,
        Self::Gigabytes,
        Self::Kibibytes,
        Self::Mebibytes,
        Self::Gibibytes,
        Self::Count,
        Self::PerSecond,
        Self::PerMinute,
        Self::Score,
    ];

    const fn row(self) -> Row {
        match self {
            Self::Ratio => (Dimension::Ratio, "", 1, 1),
            Self::Percent => (Dimension::Ratio, "%", 1, 100),
            Self::Nanoseconds => (Dimension::Duration, "ns", 1, 1_000_000_000),
            Self::Microseconds => (Dimension::Duration, "us", 1, 1_000_000),
            Self::Milliseconds => (Dimension::Duration, "ms", 1, 1_000),
            Self::Seconds => (Dimension::Duration, "s", 1, 1),
            Self::Minutes => (Dimension::Duration, "m", 60, 1),
            Self::Hours => (Dimension::Duration, "h", 3_600, 1),
            Self::Days => (Dimension::Duration, "d", 86_400, 1),
            Self::Bytes => (Dimension::Data, "B", 1, 1),
            Self::Kilobytes => (Dimension::Data, "kB", 1_000, 1),
            Self::Megabytes => (Dimension::Data, "MB", 1_000_000, 1),
            Self::Gigabytes => (Dimension::Data, "GB", 1_000_000_000, 1),
            Self::Kibibytes => (Dimension::Data, "KiB", 1 << 10, 1),
            Self::Mebibytes => (Dimension::Data, "MiB", 1 << 20, 1),
            Self::Gibibytes => (Dimension::Data, "GiB", 1 << 30, 1),
            Self::Count => (Dimension::Count, "", 1, 1),
            Self::PerSecond => (Dimension::Rate, "/s", 1, 1),
            Self::PerMinute => (Dimension::Rate, "/min", 1, 60),
            Self::Score => (Dimension::Score, "", 1, 1),
        }
    }

    /// What it measures.
    pub const fn dimension(self) -> Dimension {
        self.row().0
    }

    /// What stands behind a number; empty for ratios, counts and scores.
    pub const fn symbol(self) -> &'static str {
        self.row().1
    }

    /// Factor to the base unit of the dimension, as numerator and denominator: `1/60` has no exact
    /// decimal.
    pub(super) const fn factor(self) -> (u64, u64) {
        let (_, _, up, down) = self.row();
        (up, down)
    }

    /// The unit that a symbol stands for. `m` is a minute; `rps` and `rpm` are read too.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        match symbol {
            "" => None,
            "µs" => Some(Self::Microseconds),
            "rps" => Some(Self::PerSecond),
            "rpm" => Some(Self::PerMinute),
            _ => Self::ALL.into_iter().find(|unit| unit.symbol() == symbol),
        }
    }
}
