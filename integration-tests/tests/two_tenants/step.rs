//! What a tenant does.

use proptest::collection::vec;
use proptest::prelude::*;

/// Reports that a sequence delivers, by their numbers from 0 on.
pub const REPORTS: u64 = 7;

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Grpc,
    Http,
    /// As a stream over gRPC, where there is one.
    Stream,
    /// As events over HTTP, where there are some.
    Events,
}

/// What somebody wants who was not granted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    Collect,
    Deliver,
    List,
    Check,
    Decide,
    Passports,
}

/// What a tenant does. Releases and reports have the same numbers for both.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Asks for evidence about a release, so many times at once.
    Collect {
        way: Way,
        release: u32,
        times: u32,
    },
    /// Delivers a report, so many times at once.
    Deliver {
        way: Way,
        report: u64,
        times: u32,
    },
    /// Has a release decided on.
    Decide {
        way: Way,
        release: u32,
    },
    /// Lists what was decided.
    Passports(Way),
    List(Way),
    Check(Way),
    Connectors(Way),
    /// Asks the same of the other's workspace.
    Trespass(Way, Want),
    /// The tenant's provider fails from now on, or no more.
    Fail(bool),
}

// === impl Step ===

impl Step {
    pub fn way(&self) -> Way {
        match self {
            Self::Collect { way, .. }
            | Self::Deliver { way, .. }
            | Self::Decide { way, .. }
            | Self::Passports(way)
            | Self::List(way)
            | Self::Check(way)
            | Self::Connectors(way)
            | Self::Trespass(way, _) => *way,
            Self::Fail(_) => Way::Grpc,
        }
    }
}

/// A sequence of them.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 4..16)
}

fn step() -> impl Strategy<Value = Step> {
    let ways = [Way::Grpc, Way::Http, Way::Stream, Way::Events];
    let way = || prop::sample::select(ways.to_vec());
    let unary = || prop::sample::select(vec![Way::Grpc, Way::Http]);
    let wants = vec![
        Want::Collect,
        Want::Deliver,
        Want::List,
        Want::Check,
        Want::Decide,
        Want::Passports,
    ];
    let collect = (way(), 0..3_u32, 1..4_u32);
    let deliver = (unary(), 0..REPORTS, 1..4_u32);
    let decide = (unary(), 0..3_u32);
    prop_oneof![
        4 => collect.prop_map(|(way, release, times)| Step::Collect { way, release, times }),
        3 => deliver.prop_map(|(way, report, times)| Step::Deliver { way, report, times }),
        2 => decide.prop_map(|(way, release)| Step::Decide { way, release }),
        1 => unary().prop_map(Step::Passports),
        1 => unary().prop_map(Step::List),
        1 => unary().prop_map(Step::Check),
        1 => unary().prop_map(Step::Connectors),
        2 => (unary(), prop::sample::select(wants)).prop_map(|(way, want)| Step::Trespass(way, want)),
        1 => any::<bool>().prop_map(Step::Fail),
    ]
}
