//! Settings that mean the same in every source.

mod common;
mod credential;
mod kind_query;
mod labels;
mod log_query;
mod named_query;
mod span;
mod state_query;
mod thresholds;

pub use common::CommonSettings;
pub use credential::{Credential, TlsSettings};
pub use kind_query::{KindQuery, Kinds};
pub use labels::{check_labels, is_narrow_value, tenant};
pub use log_query::LogQuery;
pub use named_query::{
    Absent, NamedQuery, QuerySettings, QueryUnit, Reduce, Threshold as ThresholdText,
};
pub use span::Span;
pub use thresholds::{ThresholdSettings, Thresholds};
