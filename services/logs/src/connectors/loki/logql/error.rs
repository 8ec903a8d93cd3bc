//! Why a query is refused.

/// Why a query is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogqlError {
    /// Not LogQL, or none that can be checked.
    #[error("does not parse as LogQL")]
    Syntax,
    /// Longer than Loki takes.
    #[error("is too long, or too deeply nested")]
    TooLong,
    /// A function, aggregation or stage that is not in the list.
    #[error("uses a function, aggregation or stage that can't be checked")]
    Unsupported,
    /// Lines where a number is wanted.
    #[error("is a log query")]
    LogQuery,
    /// A number where lines are wanted.
    #[error("is a metric query")]
    MetricQuery,
    /// No selector at all, so that the answer is about nothing.
    #[error("selects no lines")]
    NoSelector,
    /// A selector without the scope.
    #[error("a selector lacks ${{scope}}")]
    Unscoped,
    /// A selector or stage that names a label of the scope a second time.
    #[error("a label of the scope is matched a second time")]
    Overridden,
    /// The answer can be empty, or something else, though there are lines.
    #[error("a comparison, `and`, `or` or `unless` lets the answer hide what was counted")]
    Hiding,
    /// Data of another time.
    #[error("`offset` asks about another time than now")]
    Past,
    /// A range over the longest.
    #[error("a range is over 24h, or no duration in whole seconds")]
    Range,
    /// Lines that a parser can't read make the whole query fail.
    #[error("a parser stage lacks `| __error__=\"\"` behind it")]
    ErrorsKept,
    /// A stage that changes labels.
    #[error("a stage renames or drops labels, so that the scope of the answer can't be seen")]
    Relabels,
    /// As many series as there are values of many labels.
    #[error("groups by more than three labels")]
    ManyLabels,
}

impl LogqlError {
    /// What to write instead.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Syntax => "try the query in the server's own console, with a label for ${scope}",
            Self::TooLong => "ask for less",
            Self::Unsupported => {
                "use sum, min, max, avg or count over the functions that the connector's README names"
            }
            Self::LogQuery => {
                "write sum(count_over_time({${scope}} |= \"…\" [5m])), or use the key `lines`"
            }
            Self::MetricQuery => "write {${scope}} |= \"…\", or use the key `logql`",
            Self::NoSelector => "count lines of {${scope}}",
            Self::Unscoped => "put ${scope} into the braces of every selector",
            Self::Overridden => "leave the matching of these labels to ${scope}",
            Self::Hiding => "leave it out; what is wanted belongs into `threshold`",
            Self::Past => "leave it out: evidence is about the present",
            Self::Range => "write a range such as [5m]",
            Self::ErrorsKept => "add it; count what can't be parsed without a parser, by `|=`",
            Self::Relabels => "leave label_format, drop and keep out",
            Self::ManyLabels => "write `by` with one to three labels, or no grouping",
        }
    }
}
