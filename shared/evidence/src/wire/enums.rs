//! Closed lists. What is not known yet is not read as anything.

use passport_proto::evidence as proto;

use crate::{
    actor::Role,
    descriptor::{Capability, ConnectorStatus},
    evidence::Origin,
    failure::FailureCode,
    quantity::Unit,
    reason::Reason,
    status::Status,
};

macro_rules! enum_on_wire {
    ($domain:ident, $wire:ident: $($ours:ident = $theirs:ident),* $(,)?) => {
        impl From<$domain> for proto::$wire {
            fn from(ours: $domain) -> Self {
                match ours { $($domain::$ours => Self::$theirs,)* }
            }
        }

        impl $domain {
            /// Read off the wire; `None` for unspecified and for values that are not known yet.
            pub fn from_wire(value: i32) -> Option<Self> {
                match proto::$wire::try_from(value).ok()? {
                    proto::$wire::Unspecified => None,
                    $(proto::$wire::$theirs => Some(Self::$ours),)*
                }
            }
        }
    };
}

macro_rules! same_names_on_wire {
    ($domain:ident, $wire:ident: $($name:ident),* $(,)?) => {
        enum_on_wire!($domain, $wire: $($name = $name),*);
    };
}

same_names_on_wire!(Status, FactStatus: Passed, Failed, Warning, Pending, Unknown, NotApplicable);
same_names_on_wire!(Role, ActorRole: Decliner, Approver, Requester, Author, Responder, Assignee);
same_names_on_wire!(Origin, Origin: Pulled, Delivered, Declared);
same_names_on_wire!(Capability, Capability: Pull, Ingest, Detect, Notify);
same_names_on_wire!(
    ConnectorStatus, ConnectorStatus: NativePull, EvidenceIngest, DetectedCandidate,
    RequiresCredential, ManualConnector, Planned,
);
same_names_on_wire!(
    Unit, Unit: Ratio, Percent, Nanoseconds, Microseconds, Milliseconds, Seconds, Minutes, Hours,
    Days, Bytes, Kilobytes, Megabytes, Gigabytes, Kibibytes, Mebibytes, Gibibytes, Count,
    PerSecond, PerMinute, Score,
);
same_names_on_wire!(
    Reason, Reason: ThresholdMissed, BadState, Degraded, InProgress, AwaitingApproval,
    OutsideWindow, NoData, Stale, Future, NoTime, NotANumber, OutOfDomain, Ambiguous, Incomplete,
    PartialResponse, InsufficientSample, BaselineMissing, UnrecognizedState, Contradictory,
    UnexpectedShape, QueryRejected, FilterNotApplied, Denied, Unavailable, OtherSubject, NoSubject,
    NotConfigured, Suppressed, TooBroad, BreadthUnknown, Expired, SelfDeclared, LowerBound,
    Informational,
);
same_names_on_wire!(
    FailureCode, FailureCode: Unreachable, TimedOut, Throttled, Unauthenticated, Denied, NotFound,
    Malformed, TooLarge, OutOfScope, TooBroad, NotConfigured, NotSupported, Internal,
);
