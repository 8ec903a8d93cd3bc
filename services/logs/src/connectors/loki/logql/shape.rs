//! What a query counts.

/// What a query counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A number without lines.
    Constant,
    /// Lines of one selector.
    Count {
        /// The range in which it counts every line of the scope, in one series.
        every_line_within: Option<u32>,
        /// Whether it is one series.
        single: bool,
    },
    /// A count divided by the count of all lines of the scope.
    Share {
        /// Range of the denominator.
        seconds: u32,
    },
    /// Something else.
    Other,
}

impl Shape {
    /// What it counts when it is divided by another: of a share of all lines of the scope it is known
    /// that nothing was counted where it is missing; else it is not told which of the two is missing.
    pub fn over(self, denominator: Self) -> Self {
        match (self, denominator) {
            (
                Self::Count { single: true, .. },
                Self::Count {
                    single: true,
                    every_line_within: Some(seconds),
                },
            ) => Self::Share { seconds },
            _ => Self::Other,
        }
    }

    /// What an aggregation of it counts; `grouped`: in several series.
    pub fn aggregated(self, grouped: bool) -> Self {
        match self {
            Self::Count {
                every_line_within, ..
            } => Self::Count {
                every_line_within,
                single: !grouped,
            },
            Self::Constant | Self::Share { .. } | Self::Other => Self::Other,
        }
    }
}
