//! Which requests are attempts at the same thing.

use url::Url;

/// A method, an origin and a path without what names one thing of many. Lives only while a file is
/// read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    method: String,
    scheme: String,
    host: String,
    port: Option<u16>,
    path: String,
}

/// A part of a path that is longer is no word of the service.
const LONG: usize = 24;
const ID: &str = "{id}";

// === impl Target ===

impl Target {
    /// Of a request; `None`: its address is none.
    pub fn of(method: &str, address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let path: Vec<_> = url.path().split('/').map(word).collect();
        Some(Self {
            method: method.to_owned(),
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port(),
            path: path.join("/"),
        })
    }

    /// Whether it goes over a network.
    pub fn is_remote(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https" | "ws" | "wss")
    }

    /// Where it goes.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// A part of a path; those that are a number, a UUID or long stand for many.
fn word(part: &str) -> &str {
    let is_number = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    match is_number || part.len() > LONG {
        true => ID,
        false => part,
    }
}
