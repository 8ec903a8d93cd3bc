//! Why a call is not answered. Whatever concerns one source alone is a failure within an answer
//! and not here.

use std::time::Duration;

use http::StatusCode;
use passport_policy::grants::Verb;
use passport_service_kit::{limits::Refusal, status};
use tonic::{Code, Status};

/// A field of a request that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field, dotted; empty for the request as a whole.
    pub field: String,
    /// What is wanted there. Never repeats what was sent.
    pub detail: String,
}

/// Why a call is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody that is known asks.
    #[error("a bearer token that is admitted is required")]
    Unauthenticated,
    /// Who asks was not found out in time: the keys of his token's issuer did not come.
    #[error("it could not be found out within the time of the call who asks; ask again")]
    UnknownInTime,
    /// The caller was not granted this, whether it exists or not.
    #[error("the caller was not granted the verb `{}` there", .0.as_str())]
    Denied(Verb),
    /// Only a person does this, and the caller is none that is known.
    #[error(
        "only a person may {}: call with a token or certificate that is configured with `person`, or \
         with a token of an issuer of the kind `people`", .0.as_str()
    )]
    NoPerson(Verb),
    /// What a person said does not fit what was recorded before.
    #[error("{told}")]
    NotTaken {
        /// One word for programs, in upper snake case.
        reason: &'static str,
        /// Why, and what to do.
        told: &'static str,
    },
    /// Without tokens: the request is addressed to a name that is not this machine's own.
    #[error(
        "without tokens this gateway answers to localhost, 127.0.0.1 and [::1] only; use one of \
         them, or configure `gateway.tokens`"
    )]
    ForeignHost,
    /// Without tokens: a web page of another origin asks.
    #[error("without tokens this gateway answers no page of another origin")]
    ForeignOrigin,
    /// The request is not well formed.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The thing asked for is not configured. Only told to callers who were granted its scope.
    #[error("{0}")]
    NotFound(String),
    /// The body is larger than a delivery may be.
    #[error("the body is larger than {} MiB", .limit >> 20)]
    TooLarge {
        /// Bytes that are allowed.
        limit: usize,
    },
    /// The body ended before its end.
    #[error("the body could not be read to its end")]
    BrokenBody,
    /// The body did not come in within the time of the call.
    #[error("the body did not come in within the time of the call")]
    SlowBody,
    /// As many bytes of deliveries are held as may be.
    #[error("too much is being delivered at the moment; send it again")]
    NoRoom,
    /// More is asked than may be.
    #[error("{}", .0.why)]
    TooMuch(Refusal),
    /// The thing asked for is not there. Only told to callers who were granted a part of its workspace.
    #[error("{0}")]
    NoSuch(String),
    /// Nothing can be recorded at the moment, so that nothing is decided.
    #[error("the ledger can't be reached, and nothing is decided that is not recorded; try again")]
    NoLedger,
    /// The gateway has no key to sign with.
    #[error("this gateway signs nothing; set `gateway.signing_key`")]
    NoSigningKey,
    /// There is nothing to attest.
    #[error("{0}")]
    NotAttested(String),
    /// Something of the gateway itself is broken.
    #[error("the gateway failed; its log says more")]
    Broken,
    /// The process ends, and with it what it was watching.
    #[error("the gateway ends; watch again, at another one or in a moment")]
    Ending,
    /// The collector can't do this.
    #[error("the collector does not offer this")]
    NotOffered,
    /// The collector could not be reached.
    #[error("the collector could not be reached")]
    Unreachable,
    /// The collector did not answer in time.
    #[error("the collector did not answer in time")]
    TimedOut,
    /// The collector asks for fewer requests.
    #[error("the collector asks for fewer requests")]
    Throttled,
    /// The collector's answer is of no use.
    #[error("the collector failed")]
    Collector,
}

/// What is said of an error beside its text.
struct Kind {
    reason: &'static str,
    grpc: Code,
    http: StatusCode,
}

// === impl Violation ===

impl Violation {
    /// A field and what is wanted there.
    pub fn new(field: impl Into<String>, detail: impl ToString) -> Self {
        Self {
            field: field.into(),
            detail: detail.to_string(),
        }
    }
}

// === impl CallError ===

impl CallError {
    /// What a collector's error of a whole call means to the caller. Its text stays behind: it is
    /// not ours to vouch for.
    pub fn of_collector(status: &Status) -> Self {
        match status.code() {
            Code::Unimplemented => Self::NotOffered,
            Code::Unavailable => Self::Unreachable,
            Code::DeadlineExceeded | Code::Cancelled => Self::TimedOut,
            Code::ResourceExhausted => Self::Throttled,
            Code::Ok
            | Code::Unknown
            | Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::OutOfRange
            | Code::Internal
            | Code::DataLoss => Self::Collector,
        }
    }

    /// One word for programs, in upper snake case: `ErrorInfo.reason` and a problem's `code`.
    pub fn reason(&self) -> &'static str {
        self.kind().reason
    }

    /// The status that HTTP has for it.
    pub fn http_status(&self) -> StatusCode {
        self.kind().http
    }

    /// Fields at fault; empty for all but malformed requests.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(violations) => violations,
            Self::Unauthenticated
            | Self::UnknownInTime
            | Self::Denied(_)
            | Self::NoPerson(_)
            | Self::NotTaken { .. }
            | Self::ForeignHost
            | Self::ForeignOrigin
            | Self::NotFound(_)
            | Self::TooLarge { .. }
            | Self::BrokenBody
            | Self::SlowBody
            | Self::NoRoom
            | Self::TooMuch(_)
            | Self::NoSuch(_)
            | Self::NoLedger
            | Self::NoSigningKey
            | Self::NotAttested(_)
            | Self::Broken
            | Self::Ending
            | Self::NotOffered
            | Self::Unreachable
            | Self::TimedOut
            | Self::Throttled
            | Self::Collector => &[],
        }
    }

    /// Seconds to wait before asking again; `None` where asking again changes nothing.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::UnknownInTime
            | Self::NoRoom
            | Self::NoLedger
            | Self::Ending
            | Self::Unreachable
            | Self::TimedOut
            | Self::Throttled => Some(5),
            Self::TooMuch(refusal) => Some(refusal.seconds()),
            Self::Unauthenticated
            | Self::Denied(_)
            | Self::NoPerson(_)
            | Self::NotTaken { .. }
            | Self::ForeignHost
            | Self::ForeignOrigin
            | Self::Invalid(_)
            | Self::NotFound(_)
            | Self::TooLarge { .. }
            | Self::BrokenBody
            | Self::SlowBody
            | Self::NoSuch(_)
            | Self::NoSigningKey
            | Self::NotAttested(_)
            | Self::Broken
            | Self::NotOffered
            | Self::Collector => None,
        }
    }

    fn kind(&self) -> Kind {
        let kind = |reason, grpc, http| Kind { reason, grpc, http };
        match self {
            Self::Unauthenticated => kind(
                "UNAUTHENTICATED",
                Code::Unauthenticated,
                StatusCode::UNAUTHORIZED,
            ),
            Self::UnknownInTime => kind(
                "IDENTITY_TIMED_OUT",
                Code::DeadlineExceeded,
                StatusCode::GATEWAY_TIMEOUT,
            ),
            Self::Denied(_) => kind(
                "PERMISSION_DENIED",
                Code::PermissionDenied,
                StatusCode::FORBIDDEN,
            ),
            Self::NoPerson(_) => kind(
                "NOT_A_PERSON",
                Code::PermissionDenied,
                StatusCode::FORBIDDEN,
            ),
            Self::NotTaken { reason, .. } => {
                kind(reason, Code::FailedPrecondition, StatusCode::CONFLICT)
            }
            Self::ForeignHost => kind(
                "FOREIGN_HOST",
                Code::PermissionDenied,
                StatusCode::MISDIRECTED_REQUEST,
            ),
            Self::ForeignOrigin => kind(
                "FOREIGN_ORIGIN",
                Code::PermissionDenied,
                StatusCode::FORBIDDEN,
            ),
            Self::Invalid(_) => kind(
                "INVALID_ARGUMENT",
                Code::InvalidArgument,
                StatusCode::BAD_REQUEST,
            ),
            Self::NotFound(_) => kind("NOT_CONFIGURED", Code::NotFound, StatusCode::NOT_FOUND),
            Self::TooLarge { .. } => kind(
                "TOO_LARGE",
                Code::ResourceExhausted,
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            Self::BrokenBody => kind(
                "BROKEN_BODY",
                Code::InvalidArgument,
                StatusCode::BAD_REQUEST,
            ),
            Self::SlowBody => kind(
                "SLOW_BODY",
                Code::DeadlineExceeded,
                StatusCode::REQUEST_TIMEOUT,
            ),
            Self::NoRoom => kind(
                "NO_ROOM",
                Code::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::TooMuch(refusal) => kind(
                refusal.why.reason(),
                Code::ResourceExhausted,
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::NoSuch(_) => kind("NOT_FOUND", Code::NotFound, StatusCode::NOT_FOUND),
            Self::NoLedger => kind(
                "LEDGER_UNAVAILABLE",
                Code::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::NoSigningKey => kind(
                "NO_SIGNING_KEY",
                Code::FailedPrecondition,
                StatusCode::CONFLICT,
            ),
            Self::NotAttested(_) => kind(
                "NOT_ATTESTED",
                Code::FailedPrecondition,
                StatusCode::CONFLICT,
            ),
            Self::Broken => kind(
                "INTERNAL",
                Code::Internal,
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
            Self::Ending => kind("ENDING", Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
            Self::NotOffered => kind(
                "NOT_SUPPORTED",
                Code::Unimplemented,
                StatusCode::NOT_IMPLEMENTED,
            ),
            Self::Unreachable => kind(
                "COLLECTOR_UNREACHABLE",
                Code::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::TimedOut => kind(
                "COLLECTOR_TIMED_OUT",
                Code::DeadlineExceeded,
                StatusCode::GATEWAY_TIMEOUT,
            ),
            Self::Throttled => kind(
                "COLLECTOR_THROTTLED",
                Code::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::Collector => kind("COLLECTOR_FAILED", Code::Internal, StatusCode::BAD_GATEWAY),
        }
    }
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::TooMuch(refusal)
    }
}

impl From<CallError> for Status {
    fn from(error: CallError) -> Self {
        let fields = error.violations().iter().cloned();
        status::error(
            error.kind().grpc,
            error.reason(),
            error.to_string(),
            error.retry_after().map(|it| Duration::from_secs(it.into())),
            fields.map(|it| (it.field, it.detail)).collect(),
        )
    }
}
