//! The HTTP library's errors, told in ours. Theirs are dropped: they may hold URLs and names.

use std::error::Error;
use std::io;

use crate::address::Refused;
use crate::error::{Flaw, SendError, Stage};

/// For an error before the reply's headers were whole.
pub(crate) fn before_reply(error: &reqwest::Error) -> SendError {
    if let Some(refused) = find::<Refused>(error) {
        return SendError::Refused(*refused);
    }
    if error.is_builder() {
        return SendError::Invalid(Flaw::Form);
    }
    if error.is_timeout() {
        return SendError::TimedOut {
            connecting: error.is_connect(),
        };
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return SendError::Garbled;
    }
    SendError::Unreachable(stage(error))
}

/// For an error while the body came.
pub(crate) fn within_body(error: &reqwest::Error) -> SendError {
    if error.is_timeout() {
        return SendError::TimedOut { connecting: false };
    }
    // What is neither HTTP's nor an early end was said by the decompressor.
    let early = find::<io::Error>(error).map(io::Error::kind) == Some(io::ErrorKind::UnexpectedEof);
    if early || find::<hyper::Error>(error).is_some() {
        SendError::Cut
    } else {
        SendError::Garbled
    }
}

fn stage(error: &reqwest::Error) -> Stage {
    let tls = find::<rustls::Error>(error).is_some();
    match (error.is_connect(), tls) {
        (true, _) if error.is_dns() => Stage::Lookup,
        (true, true) => Stage::Handshake,
        (true, false) => Stage::Connect,
        (false, true) => Stage::Alert,
        (false, false) => Stage::Exchange,
    }
}

/// The first `T` among the causes of `error`.
fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        next = wrapped_by(cause).or_else(|| cause.source());
    }
    None
}

/// An I/O error names as its source not what it wraps, but the source of that.
fn wrapped_by<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = cause.downcast_ref::<io::Error>()?.get_ref()?;
    Some(wrapped)
}
