pub(crate) mod bench;

mod cases;
mod cutting;
mod growing;
mod judging;
mod quantiles;
mod refusing;
mod sending;
mod units;
