//! What the gateway's refusals mean to a person.

use std::error::Error;

use passport_service_kit::status::DOMAIN;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::Asked;
use crate::exit::Fault;
use crate::output::printable;

/// A gateway that cannot be spoken to.
pub fn unreachable(error: &dyn Error, asked: &Asked) -> Fault {
    Fault::unanswered(
        format!(
            "could not reach the gateway at {}: {}",
            asked.address,
            root(error)
        ),
        "start one with `passport up`, or name yours with --gateway or PASSPORT_GATEWAY",
    )
}

/// A deadline that passed.
pub fn late(what: &str, asked: &Asked) -> Fault {
    let within = humantime::format_duration(asked.timeout);
    Fault::unanswered(
        format!(
            "could not {what}: no answer from {} within {within}",
            asked.address
        ),
        "give it longer with --timeout, or ask fewer sources",
    )
}

/// An answer that does not fit the protocol.
pub fn protocol(what: &str, why: impl ToString) -> Fault {
    Fault::unanswered(
        format!(
            "could not {what}: the answer is not one of a gateway: {}",
            why.to_string()
        ),
        "see whether --gateway names a gateway of this version",
    )
}

/// Something that is there and speaks otherwise.
fn foreign(what: &str, says: &str, asked: &Asked) -> Fault {
    Fault::unanswered(
        format!(
            "could not {what}: what answers at {} is no Passport gateway: {says}",
            asked.address
        ),
        "see what listens there; name the gateway itself with --gateway or PASSPORT_GATEWAY",
    )
}

/// A connection that ended under a call.
fn ended(what: &str, status: &Status, asked: &Asked) -> Fault {
    let cause = status.source().map(root);
    Fault::unanswered(
        format!(
            "could not {what}: the connection to {} ended before an answer: {}",
            asked.address,
            cause.unwrap_or_else(|| said(status))
        ),
        "see whether a Passport gateway listens there, and ask again",
    )
}

/// A refusal of the gateway itself.
pub fn fault(what: &str, status: &Status, asked: &Asked) -> Fault {
    let says = said(status);
    if speaks_otherwise(status) {
        return foreign(what, &says, asked);
    }
    let refused = |next: &str| Fault::unanswered(format!("could not {what}: {says}"), next);
    match status.code() {
        Code::Unauthenticated if asked.with_token => refused(
            "set PASSPORT_TOKEN to a token that the gateway's configuration names and that has not ended",
        ),
        Code::Unauthenticated => refused(
            "set PASSPORT_TOKEN; `passport token new` makes a token and the entry for the configuration",
        ),
        Code::PermissionDenied => refused(
            "ask for a grant of this workspace, service, environment and verb for the token",
        ),
        Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => Fault::wrong(
            format!("could not {what}: {says}"),
            "correct the arguments; --help tells their form",
        ),
        Code::NotFound => {
            refused("see whether the gateway's configuration has what was named, spelt like this")
        }
        Code::DeadlineExceeded => late(what, asked),
        // Of a connection that ended before the call was sent. The client's own timer speaks so too.
        Code::Cancelled if status.message().starts_with("operation was canceled") => {
            ended(what, status, asked)
        }
        Code::Cancelled => late(what, asked),
        Code::Unavailable => match status.source() {
            Some(error) => unreachable(error, asked),
            None => refused(&again(status)),
        },
        Code::Unknown | Code::Internal if status.source().is_some() => ended(what, status, asked),
        Code::ResourceExhausted | Code::Aborted => refused(&again(status)),
        Code::Unimplemented => refused("see whether --gateway names a gateway of this version"),
        Code::Ok | Code::Unknown | Code::AlreadyExists | Code::Internal | Code::DataLoss => {
            refused("look into the gateway's log; it names the request")
        }
    }
}

/// Whether the same call may be answered later, or by another connection.
pub fn may_come_back(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::ResourceExhausted
        | Code::Aborted => true,
        Code::Unknown | Code::Internal => status.source().is_some(),
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss
        | Code::Unauthenticated => false,
    }
}

/// Whether what answered is no gateway. Every error of one has details of our domain; tonic has words
/// of its own for what is no gRPC.
fn speaks_otherwise(status: &Status) -> bool {
    let own_words = ["grpc-status header missing", "protocol error: "];
    if own_words.iter().any(|it| status.message().starts_with(it)) {
        return true;
    }
    let is_ours = || {
        let info = status.get_details_error_info();
        info.is_some_and(|info| info.domain == DOMAIN)
    };
    match status.source() {
        // Said by this end of the connection alone, of frames that it can't read.
        Some(error) => root(error).starts_with("connection error detected"),
        None => status.code() == Code::Unimplemented && !is_ours(),
    }
}

/// What the gateway says, with the fields that it objects to.
fn said(status: &Status) -> String {
    let details = status.get_error_details();
    let fields = details
        .bad_request()
        .map(|bad| bad.field_violations.as_slice());
    let fields = fields.unwrap_or_default().iter();
    let mut said = vec![match status.message() {
        "" => status.code().description().to_owned(),
        message => message.to_owned(),
    }];
    said.extend(fields.map(|it| format!("{}: {}", it.field, it.description)));
    printable(&said.join("; ")).into_owned()
}

fn again(status: &Status) -> String {
    let delay = status
        .get_details_retry_info()
        .and_then(|info| info.retry_delay);
    match delay {
        Some(delay) => format!("ask again in {}", humantime::format_duration(delay)),
        None => "ask again in a moment".to_owned(),
    }
}

/// The innermost cause; those around it only say that there is one.
fn root(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
