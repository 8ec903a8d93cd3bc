//! The HTTP library's errors, told in ours. Theirs are dropped: they may hold URLs and names.

use std::error::Error;
use std::io;

use crate::address::Refused;
use crate::error::{Distrust, Flaw, SendError, Stage};

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

/// For an error of the resolver.
pub(crate) fn of_lookup(error: &(dyn Error + Send + Sync + 'static)) -> SendError {
    match error.downcast_ref::<Refused>() {
        Some(refused) => SendError::Refused(*refused),
        None => SendError::Unreachable(Stage::Lookup),
    }
}

/// For an error of a connection that was not to be had.
pub(crate) fn of_dial(error: &io::Error) -> Stage {
    match error.kind() == io::ErrorKind::ConnectionRefused {
        true => Stage::Refused,
        false => Stage::Connect,
    }
}

/// For an error of a handshake.
pub(crate) fn of_secured(error: &io::Error) -> SendError {
    let said = error.get_ref();
    let tls = said.and_then(|it| it.downcast_ref::<rustls::Error>());
    SendError::Unreachable(tls.map_or(Stage::Handshake, of_handshake))
}

fn stage(error: &reqwest::Error) -> Stage {
    let tls = find::<rustls::Error>(error);
    match (error.is_connect(), tls) {
        (true, _) if error.is_dns() => Stage::Lookup,
        (true, Some(tls)) => of_handshake(tls),
        (true, None) => find::<io::Error>(error).map_or(Stage::Connect, of_dial),
        (false, Some(_)) => Stage::Alert,
        (false, None) => Stage::Exchange,
    }
}

fn of_handshake(error: &rustls::Error) -> Stage {
    use rustls::CertificateError as Said;
    let rustls::Error::InvalidCertificate(said) = error else {
        return Stage::Handshake;
    };
    let distrust = if matches!(said, Said::Expired | Said::ExpiredContext { .. }) {
        Distrust::Expired
    } else if matches!(
        said,
        Said::NotValidForName | Said::NotValidForNameContext { .. }
    ) {
        Distrust::AnotherName
    } else {
        Distrust::Untrusted
    };
    Stage::Certificate(distrust)
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
