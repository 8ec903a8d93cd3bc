//! The body of a request: media type, compression, size.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

/// Most bytes of a body as it is sent.
pub const MAX_SENT: usize = 4 * 1024 * 1024;
/// Most bytes of a body once it is unpacked.
pub const MAX_UNPACKED: usize = 16 * 1024 * 1024;

/// A body, unpacked.
#[derive(Debug, Clone)]
pub struct Body {
    /// How it is to be read.
    pub encoding: Encoding,
    /// The bytes.
    pub bytes: Bytes,
}

/// How a body is to be read, and its answer to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`.
    Json,
    /// `application/x-protobuf`.
    Protobuf,
}

/// Why a body can't be used. Sending it again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Another media type.
    #[error("the content type must be application/json or application/x-protobuf")]
    MediaType,
    /// Another compression.
    #[error("the content encoding must be gzip or none")]
    Compression,
    /// Over a limit, as sent or unpacked.
    #[error("over 4 MiB as sent, or over 16 MiB unpacked")]
    TooLarge,
    /// Not gzip, or not an export of metrics.
    #[error("no export of metrics in its content type")]
    Malformed,
    /// The connection ended before the body.
    #[error("the body could not be read to its end")]
    Broken,
    /// The body took too long.
    #[error("the body did not come in within 10 s")]
    Late,
}

// === impl Encoding ===

impl Encoding {
    /// What a request's headers say.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let media_type = text(headers, &CONTENT_TYPE)?;
        match media_type.split(';').next().map(str::trim) {
            Some(it) if it.eq_ignore_ascii_case("application/json") => Some(Self::Json),
            Some(it) if it.eq_ignore_ascii_case("application/x-protobuf") => Some(Self::Protobuf),
            Some(_) | None => None,
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/x-protobuf",
        }
    }
}

// === impl Unreadable ===

impl Unreadable {
    /// One word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::Compression => "UNSUPPORTED_ENCODING",
            Self::TooLarge => "TOO_LARGE",
            Self::Malformed => "INVALID_ARGUMENT",
            Self::Broken => "BROKEN_BODY",
            Self::Late => "SLOW_BODY",
        }
    }

    /// The status that the sender gets.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MediaType | Self::Compression => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed | Self::Broken => StatusCode::BAD_REQUEST,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

// === impl Body ===

impl Body {
    /// Takes a request's body, unpacked.
    pub fn read(headers: &HeaderMap, sent: &Bytes) -> Result<Self, Unreadable> {
        if sent.len() > MAX_SENT {
            return Err(Unreadable::TooLarge);
        }
        let encoding = Encoding::of(headers).ok_or(Unreadable::MediaType)?;
        let bytes = match text(headers, &CONTENT_ENCODING).map(str::to_ascii_lowercase) {
            None => sent.clone(),
            Some(it) if it == "identity" => sent.clone(),
            Some(it) if it == "gzip" => unpack(sent)?,
            Some(_) => return Err(Unreadable::Compression),
        };
        Ok(Self { encoding, bytes })
    }
}

/// Stops one byte past the limit, so that a small body can't become a large one.
fn unpack(sent: &[u8]) -> Result<Bytes, Unreadable> {
    let mut unpacked = Vec::new();
    let limit = MAX_UNPACKED as u64 + 1;
    MultiGzDecoder::new(sent)
        .take(limit)
        .read_to_end(&mut unpacked)
        .map_err(|_| Unreadable::Malformed)?;
    match unpacked.len() > MAX_UNPACKED {
        true => Err(Unreadable::TooLarge),
        false => Ok(unpacked.into()),
    }
}

/// A header that can't be read as text counts as one with a value that is not known.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or("?").trim())
}
