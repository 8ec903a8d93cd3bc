pub(crate) mod bench;

mod cases;
mod cutting;
mod exponential;
mod growing;
mod incomplete;
mod judging;
mod quantiles;
mod refusing;
mod sending;
mod summaries;
mod units;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/otlp/cases");
